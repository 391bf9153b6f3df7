package io.holdfast.chaos.workload;

import io.holdfast.chaos.Histories;
import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.check.Limits;
import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
import io.holdfast.chaos.history.HistoryFiles;
import io.holdfast.chaos.history.Recorder;
import io.holdfast.chaos.history.Recorder.Invocation;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.registry.Registry;
import io.holdfast.testkit.memory.Faults.Fate;
import io.holdfast.testkit.memory.MemoryCluster;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Clients of the real workloads in one JVM, on a memory cluster that is cut now and then. */
final class SmallRun implements AutoCloseable {

  private static final Duration SESSION = Duration.ofMillis(250);
  private static final Duration LENGTH = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Three sessions and a second until all must be well, and some time in which it must. */
  private static final Duration QUIET = SESSION.multipliedBy(3).plusMillis(4_500);

  private static final int CLIENTS = 3;

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final RegisterServer register;
  private final List<SmallClient> clients = new ArrayList<>();
  private final StringWriter faults = new StringWriter();
  private final Recorder nemesis = new Recorder("nemesis", Map.of(), faults);
  private final SeededBug bug;
  private final Random random;
  private volatile boolean ended;

  /** What a run came to: the judgement, or that somebody waited for ever. */
  record Outcome(HistoryCheck check, boolean stuck) {
    boolean caught() {
      return stuck || check.result() == HistoryCheck.Result.INVALID;
    }
  }

  SmallRun(SeededBug bug, long seed) {
    this.bug = bug;
    this.random = new Random(seed);
    register = new RegisterServer("127.0.0.1", bug.guarded());
    // Views that are behind for long enough to be chosen from.
    int latest = bug.workloads().contains(Workload.BALANCER) ? 30 : 3;
    cluster.faults(
        (client, message) ->
            Fate.after(Duration.ofMillis(ThreadLocalRandom.current().nextInt(latest))));
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new SmallClient("c" + i, bug, seed + 100L * i));
    }
  }

  private final class SmallClient {
    private final String name;
    private final StringWriter notes = new StringWriter();
    private final Coordinator coordinator;
    private final Registry registry;
    private final List<Thread> threads = new ArrayList<>();

    SmallClient(String name, SeededBug bug, long seed) {
      this.name = name;
      Recorder recorder = new Recorder(name, Map.of(), notes);
      CoordinatorOptions options =
          CoordinatorOptions.defaults()
              .withOwner(Owner.thisProcess(name))
              .withSessionTimeout(SESSION)
              .withRequestTimeout(SESSION.dividedBy(2));
      this.coordinator =
          Coordinator.connect(new BuggyBackend(cluster.client(name, options), bug), options, name);
      this.registry = new Registry(coordinator);
      WorkloadContext context =
          new WorkloadContext(
              name,
              name,
              coordinator,
              registry,
              recorder,
              register.address(),
              seed,
              bug.behaviour(),
              () -> ended);
      bug.workloads().stream()
          .flatMap(workload -> workload.tasks(context).stream())
          .forEach(this::spawn);
    }

    private void spawn(Workload.Task task) {
      Thread thread = new Thread(() -> work(task), name + "-" + threads.size());
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }

    private void work(Workload.Task task) {
      try {
        task.run();
      } catch (IOException | InterruptedException e) {
        // the run is over
      }
    }

    void close() {
      threads.forEach(Thread::interrupt);
      registry.close();
      coordinator.close();
    }
  }

  /**
   * Cuts off, for longer than its session, whoever is in the middle of a long thought, or anybody
   * if nobody guards anything; then lets all come to rest.
   */
  Outcome run() throws IOException, InterruptedException {
    boolean needsQuietPeriod = bug.workloads().stream().anyMatch(Workload::needsQuietPeriod);
    long end = System.nanoTime() + LENGTH.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(SESSION.toNanos() / 10);
      String anybody = needsQuietPeriod ? clients.get(random.nextInt(CLIENTS)).name : "";
      String victim = register.inTheMiddle(SESSION.dividedBy(4)).orElse(anybody);
      if (!victim.isEmpty()) {
        cut(victim);
      }
    }
    if (needsQuietPeriod) {
      LockSupport.parkNanos(QUIET.toNanos());
    }
    ended = true;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    boolean stuck = false;
    for (SmallClient client : clients) {
      for (Thread thread : client.threads) {
        thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        stuck |= thread.isAlive();
        thread.interrupt();
      }
    }
    List<Event> events = new ArrayList<>(HistoryFiles.parse(faults.toString()).events());
    for (SmallClient client : clients) {
      events.addAll(HistoryFiles.parse(client.notes.toString()).events());
    }
    return new Outcome(
        HistoryCheck.of(
            Histories.complete(new History(Map.of("session", SESSION.toString()), events)),
            Limits.defaults()),
        stuck);
  }

  private void cut(String victim) {
    Invocation cut = nemesis.invoke("fault/cut", "hurt", Map.of("what", victim));
    cluster.cut(victim);
    LockSupport.parkNanos(2 * SESSION.toNanos());
    cluster.heal(victim);
    cut.ok(Map.of());
  }

  @Override
  public void close() {
    ended = true;
    clients.forEach(SmallClient::close);
    register.close();
    cluster.close();
  }
}
