package io.holdfast.chaos;

import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.check.Limits;
import io.holdfast.chaos.fault.Capability;
import io.holdfast.chaos.fault.Client;
import io.holdfast.chaos.fault.Cluster;
import io.holdfast.chaos.fault.Fault;
import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.fault.LeaderWatch;
import io.holdfast.chaos.fault.Nemesis;
import io.holdfast.chaos.fault.RevokedSession;
import io.holdfast.chaos.fault.Target;
import io.holdfast.chaos.history.History;
import io.holdfast.chaos.history.Operation;
import io.holdfast.chaos.history.Recorder;
import io.holdfast.chaos.history.Recorder.Invocation;
import io.holdfast.chaos.workload.ClientSettings;
import io.holdfast.chaos.workload.RegisterServer;
import io.holdfast.chaos.workload.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients that do one {@link Workload} or many on one cluster while one fault after another hits
 * it.
 *
 * <p>For one thread. {@link #close} ends the clients; the cluster is its owner's.
 */
public final class ChaosRun implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ChaosRun.class);
  private static final int CLIENTS = 3;
  private static final Duration SESSION = Duration.ofSeconds(3);

  /** In session time-outs: three and a second to recover, and a while to be seen to have. */
  private static final int QUIET = 5;

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration SHORT_THOUGHT = Duration.ofMillis(100);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  /** Some acquisitions by every thread, or thereabouts. */
  private static final long BYTES_OF_PROGRESS = 8_000;

  private final Cluster cluster;
  private final long seed;
  private final Random random;
  private final Path folder;
  private final Path until;
  private final RegisterServer register;
  private final List<ClientProcess> clients;
  private final Set<Workload> workloads;
  private final Path faults;
  private final Recorder recorder;
  private final LeaderWatch leaders;
  private final MachineLoad load;
  private final List<FaultOutcome> faultOutcomes = new ArrayList<>();
  private final Map<String, String> skipped = new TreeMap<>();

  private ChaosRun(Cluster cluster, long seed, Path folder, Set<Workload> workloads) {
    this.cluster = cluster;
    this.workloads = EnumSet.copyOf(workloads);
    this.seed = seed;
    this.random = new Random(seed);
    this.folder = folder;
    this.until = folder.resolve("until");
    this.register = new RegisterServer(cluster.driver());
    this.faults = folder.resolve("faults.jsonl");
    quietLogs();
    this.recorder = recorder(faults);
    this.leaders = cluster.watchLeader();
    this.load = MachineLoad.watch(recorder);
    this.clients =
        IntStream.rangeClosed(1, CLIENTS).mapToObj(i -> client("c" + i, seed + i)).toList();
  }

  private String namespace() {
    return "chaos/run-" + seed;
  }

  private void quietLogs() {
    try {
      Files.writeString(folder.resolve(ClientProcess.LOG_SETTINGS), ClientProcess.QUIET_LOG);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + folder, e);
    }
  }

  private static Recorder recorder(Path file) {
    try {
      return new Recorder("nemesis", Map.of(), Files.newBufferedWriter(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + file, e);
    }
  }

  private ClientProcess client(String name, long itsSeed) {
    ClientSettings settings =
        new ClientSettings(
            name,
            name,
            cluster.uri(name, namespace()),
            register.address(),
            itsSeed,
            SESSION,
            folder.resolve(name),
            until,
            workloads);
    return new ClientProcess(settings, cluster.host(name), folder);
  }

  /** Starts clients that use locks of every kind, as {@link #start(Cluster, long, Path, Set)}. */
  public static ChaosRun start(Cluster cluster, long seed, Path folder) {
    return start(cluster, seed, folder, Workload.locks());
  }

  /**
   * Starts clients and waits until all make progress.
   *
   * @param seed decides what the clients wish for and whom the faults hit
   * @param folder an empty one, for what the clients note
   * @param workloads what each of them does, at least one
   */
  public static ChaosRun start(Cluster cluster, long seed, Path folder, Set<Workload> workloads) {
    ChaosRun run = new ChaosRun(cluster, seed, folder, workloads);
    try {
      run.awaitProgress("the start");
      return run;
    } catch (RuntimeException e) {
      run.close();
      throw e;
    }
  }

  /** Injects a fault and waits until all clients make progress again; or notes why it cannot. */
  public void hurt(Fault fault) {
    Set<Capability> missing = EnumSet.noneOf(Capability.class);
    missing.addAll(fault.needs());
    missing.removeAll(cluster.capabilities());
    if (!missing.isEmpty()) {
      skipped.put(
          fault.name(),
          missing.stream().map(Capability::without).collect(Collectors.joining("; ")));
      return;
    }
    Target target = new Target(cluster, namespace(), List.copyOf(clients), this::holder, random);
    Invocation hurt = recorder.invoke("fault/" + fault.name(), "hurt", Map.of());
    FaultOutcome faultOutcome = new Nemesis(target).hurt(fault, SESSION);
    hurt.ok(Map.of("what", faultOutcome.what(), "bit", Boolean.toString(faultOutcome.bitten())));
    faultOutcomes.add(faultOutcome);
    awaitProgress(fault + " (" + faultOutcome.what() + ")");
    awaitOrExplain(
        "every lock to be of use again after " + fault,
        () -> register.idleSince(faultOutcome.servedFrom()).isEmpty());
  }

  /**
   * Injects a fault again and again until a fence has had to refuse something: whether a frozen
   * holder comes back with a write, or looks at its lock first, is chance.
   *
   * @param most times at most; a run whose fence was never tried proves nothing of it
   */
  public void hurtUntilFenced(Fault fault, int most) {
    for (int times = 0; times < most && register.refused() == 0; times++) {
      hurt(fault);
    }
  }

  /** A client that is in the middle of a long thought; any client if none comes to one in time. */
  private Client holder() {
    long start = System.nanoTime();
    Optional<String> thinking = register.inTheMiddle(SHORT_THOUGHT);
    while (thinking.isEmpty() && System.nanoTime() - start < SESSION.toNanos()) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      thinking = register.inTheMiddle(SHORT_THOUGHT);
    }
    return thinking
        .flatMap(name -> clients.stream().filter(each -> each.name().equals(name)).findFirst())
        .orElseGet(() -> clients.get(random.nextInt(CLIENTS)));
  }

  private void awaitProgress(String after) {
    for (ClientProcess client : clients) {
      long before = client.noted();
      awaitOrExplain(
          client.name() + " to make progress after " + after,
          () -> {
            if (!client.isAlive()) {
              throw new IllegalStateException(client.name() + " ended:\n" + client.logTail());
            }
            return client.noted() > before + BYTES_OF_PROGRESS;
          });
    }
  }

  /** Waits; in vain, every client says in its log what its threads do. */
  private void awaitOrExplain(String what, BooleanSupplier condition) {
    try {
      await(what, condition);
    } catch (NoProgressException e) {
      String states =
          clients.stream().map(ClientProcess::state).collect(Collectors.joining(", ", "; ", ""));
      clients.forEach(ClientProcess::dumpThreads);
      await("threads to be dumped", () -> clients.stream().allMatch(ClientProcess::hasDumped));
      throw new NoProgressException(e.getMessage() + states);
    }
  }

  /**
   * Leaves the cluster alone for as long as it may take until all is well again, and a little
   * longer: some workloads promise what can only be seen then.
   */
  public void calm() {
    long end = System.nanoTime() + SESSION.multipliedBy(QUIET).toNanos();
    for (long left = 1; left > 0; left = end - System.nanoTime()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while waiting for a calm");
      }
      LockSupport.parkNanos(Math.min(left, LOOK_AGAIN.toNanos()));
    }
  }

  /** Lets the clients end, after a {@link #calm} if that matters, and judges what they noted. */
  public ChaosResult finish() throws IOException {
    if (workloads.stream().anyMatch(Workload::needsQuietPeriod)) {
      calm();
    }
    Files.createFile(until);
    for (ClientProcess client : clients) {
      awaitOrExplain(client.name() + " to end", () -> !client.isAlive());
    }
    load.tooMuch()
        .ifPresent(
            most ->
                skipped.put(
                    "what is promised by the clock",
                    "for some of the time, at a load of %.0f for each processor".formatted(most)));
    Map<String, String> about =
        Map.of(
            "seed", Long.toString(seed),
            "backend", cluster.store() + " " + cluster.version(),
            "provider", cluster.provider(),
            "workloads", workloads.stream().map(Workload::name).collect(Collectors.joining(" ")),
            "session", SESSION.toString());
    List<Path> files =
        Stream.concat(
                clients.stream().flatMap(each -> each.histories().stream()), Stream.of(faults))
            .toList();
    History history = Histories.join(about, files);
    for (FaultOutcome faultOutcome : faultOutcomes) {
      for (RevokedSession taken : faultOutcome.taken()) {
        history = RevokedHolds.of(taken, history);
      }
    }
    HistoryCheck check = HistoryCheck.of(history, Limits.defaults());
    return ChaosResult.of(history, check, faultOutcomes, skipped, recoveries(history.operations()));
  }

  private Map<String, List<RecoveryTime>> recoveries(List<Operation> operations) {
    Map<String, List<RecoveryTime>> recoveries = new TreeMap<>();
    for (FaultOutcome faultOutcome : faultOutcomes) {
      recoveries
          .computeIfAbsent(faultOutcome.fault(), absent -> new ArrayList<>())
          .addAll(RecoveryTime.of(faultOutcome, operations, leaders, SESSION));
    }
    recoveries.values().removeIf(List::isEmpty);
    return recoveries;
  }

  private static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new NoProgressException("waited " + PATIENCE + " for " + what);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while waiting for " + what);
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }

  @Override
  public void close() {
    clients.forEach(ClientProcess::close);
    leaders.close();
    load.close();
    register.close();
    recorder.close();
    LOG.debug("the clients have ended");
  }
}
