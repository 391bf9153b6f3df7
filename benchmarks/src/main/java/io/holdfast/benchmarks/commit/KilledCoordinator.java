package io.holdfast.benchmarks.commit;

import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.measure.Result;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * How long after a coordinator is killed nothing is in doubt any more. Ours is recovered by another
 * process that runs anyway; the peers by a process that is started at once on the same log, for
 * nobody else can read that.
 */
final class KilledCoordinator {

  private static final Duration UNTIL_KILLED = Duration.ofMillis(1_500);
  private static final Duration SESSION = Duration.ofSeconds(10);

  /** "120 seconds and more", against session time-out and two seconds. */
  private static final double BESIDE_DEFAULTS = 10;

  /** So that the chance of having left nothing is nil. */
  private static final int MOST_TRIES = 5;

  private final Store store;
  private final int clients;
  private final Duration patience;
  private final Report report;

  KilledCoordinator(Store store, int clients, Duration patience, Report report) {
    this.store = store;
    this.clients = clients;
    this.patience = patience;
    this.report = report;
  }

  /**
   * What was seen.
   *
   * @param left branches in doubt right after the kill
   * @param seconds from the kill until there was none
   * @param all false if it was cut off before
   */
  record Recovery(long left, double seconds, boolean all) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%s%.1f s for %d branches", all ? "" : ">= ", seconds, left);
    }
  }

  /** A peer that recovers in one way or another. */
  private record Peer(
      String name, MovingProcess.Work work, MovingProcess.Work recovery, double target) {}

  private static final List<Peer> PEERS =
      List.of(
          new Peer(
              "Narayana, defaults",
              MovingProcess.Work.NARAYANA,
              MovingProcess.Work.RECOVER_NARAYANA,
              BESIDE_DEFAULTS),
          new Peer(
              "Atomikos, defaults",
              MovingProcess.Work.ATOMIKOS,
              MovingProcess.Work.RECOVER_ATOMIKOS,
              BESIDE_DEFAULTS),
          new Peer(
              "Narayana, fastest",
              MovingProcess.Work.NARAYANA,
              MovingProcess.Work.RECOVER_NARAYANA_FAST,
              0),
          new Peer(
              "Atomikos, fastest",
              MovingProcess.Work.ATOMIKOS,
              MovingProcess.Work.RECOVER_ATOMIKOS_FAST,
              0));

  /**
   * Ours, alone; and then the peers' with defaults and at their fastest, one killed after the other
   * and all awaited together, for they mostly wait.
   */
  void all() throws Exception {
    Recovery ours = ours();
    report.say("%-10s killed coordinator: ours %s".formatted(store.name(), ours));
    double bound = SESSION.toSeconds() + 2.0;
    row("killed coordinator, beside session time-out + 2 s", ours, "the bound", bound, 1);
    List<Waiting> waiting = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(PEERS.size());
    try {
      for (Peer peer : PEERS) {
        Waiting left = killed(peer.work(), peer.recovery());
        waiting.add(left);
        left.recovery = threads.submit(() -> await(left.ledgers, left.killed, left.left));
      }
      for (int i = 0; i < PEERS.size(); i++) {
        Peer peer = PEERS.get(i);
        Recovery theirs = waiting.get(i).recovery.get();
        report.say("%-10s killed coordinator: %s %s".formatted(store.name(), peer.name(), theirs));
        String what =
            "killed coordinator, until nothing is in doubt" + (theirs.all() ? "" : " (theirs cut)");
        row(what, ours, peer.name(), theirs.seconds(), peer.target());
      }
    } finally {
      threads.shutdownNow();
      for (Waiting each : waiting) {
        each.close();
      }
    }
  }

  private void row(String what, Recovery ours, String peer, double theirs, double target) {
    report.add(
        new Result(
            what,
            store.name(),
            peer,
            ours.seconds(),
            theirs,
            "s",
            theirs / ours.seconds(),
            target));
  }

  /** What a killed peer has left, and the process that is to recover it. */
  private static final class Waiting implements AutoCloseable {
    private final Ledgers ledgers = new Ledgers();
    private final TemporaryFolder log = TemporaryFolder.create("holdfast-peer-log");
    private @Nullable Process recovering;
    private long killed;
    private long left;
    private Future<Recovery> recovery = new CompletableFuture<>();

    Waiting() throws SQLException {}

    @Override
    public void close() throws Exception {
      stop();
      log.close();
      ledgers.close();
    }

    void stop() throws InterruptedException {
      if (recovering != null) {
        recovering.destroyForcibly().waitFor();
      }
    }
  }

  Recovery ours() throws Exception {
    try (Ledgers ledgers = new Ledgers();
        Mover other =
            new HoldfastMover(HoldfastMover.Kind.CLUSTER, store.uri(), urls(ledgers), 1, SESSION)) {
      other.move(1, 1);
      for (int i = 0; i < MOST_TRIES; i++) {
        kill(MovingProcess.Work.OURS, ledgers, Path.of("."));
        long killed = System.nanoTime();
        long left = ledgers.inDoubt();
        if (left > 0) {
          return await(ledgers, killed, left);
        }
      }
      throw new IllegalStateException("nothing was left in doubt");
    }
  }

  private Waiting killed(MovingProcess.Work work, MovingProcess.Work recovery) throws Exception {
    Waiting waiting = new Waiting();
    for (int i = 0; i < MOST_TRIES; i++) {
      kill(work, waiting.ledgers, waiting.log.path());
      waiting.killed = System.nanoTime();
      waiting.left = waiting.ledgers.inDoubt();
      waiting.recovering = start(recovery, waiting.ledgers, waiting.log.path());
      if (waiting.left > 0) {
        return waiting;
      }
      waiting.stop();
    }
    waiting.close();
    throw new IllegalStateException("nothing was left in doubt");
  }

  private static List<String> urls(Ledgers ledgers) {
    return List.of(ledgers.url(0), ledgers.url(1));
  }

  private void kill(MovingProcess.Work work, Ledgers ledgers, Path log) throws Exception {
    Process process = start(work, ledgers, log);
    try {
      awaitReady(process);
      // That many transfers are under way is what is measured, so they are given time to be.
      Thread.sleep(UNTIL_KILLED.toMillis());
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static void awaitReady(Process process) throws IOException {
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = said.readLine(); ; line = said.readLine()) {
      if (line == null) {
        throw new IllegalStateException("the process ended before it was ready");
      }
      if (line.equals(MovingProcess.READY)) {
        return;
      }
    }
  }

  private Process start(MovingProcess.Work work, Ledgers ledgers, Path log) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            MovingProcess.class.getName(),
            work.name(),
            store.uri(),
            ledgers.url(0),
            ledgers.url(1),
            Integer.toString(clients),
            log.toString())
        .redirectError(ProcessBuilder.Redirect.to(new File("/dev/null")))
        .start();
  }

  private Recovery await(Ledgers ledgers, long killed, long left) throws Exception {
    while (true) {
      boolean none = ledgers.inDoubt() == 0;
      long now = System.nanoTime();
      if (none || now - killed > patience.toNanos()) {
        return new Recovery(left, (now - killed) / 1e9, none);
      }
      // Databases tell nobody that nothing is in doubt; asking more often would load them.
      Thread.sleep(50);
    }
  }
}
