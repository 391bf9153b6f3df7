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
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How long after a coordinator is killed nothing is in doubt any more. Ours is recovered by another
 * process that runs anyway; the peers by a process that is started at once on the same log, for
 * nobody else can read that.
 */
final class KilledCoordinator {

  private static final Duration UNTIL_KILLED = Duration.ofMillis(1_500);
  private static final Duration SESSION = Duration.ofSeconds(10);

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

  /** Ours and the peers' with defaults and at their fastest. */
  void all() throws Exception {
    Recovery ours = ours();
    report.say("%-10s killed coordinator: ours %s".formatted(store.name(), ours));
    row(
        ours,
        "Narayana, defaults",
        peer(MovingProcess.Work.NARAYANA, MovingProcess.Work.RECOVER_NARAYANA));
    row(
        ours,
        "Narayana, fastest",
        peer(MovingProcess.Work.NARAYANA, MovingProcess.Work.RECOVER_NARAYANA_FAST));
    row(
        ours,
        "Atomikos, defaults",
        peer(MovingProcess.Work.ATOMIKOS, MovingProcess.Work.RECOVER_ATOMIKOS));
    row(
        ours,
        "Atomikos, fastest",
        peer(MovingProcess.Work.ATOMIKOS, MovingProcess.Work.RECOVER_ATOMIKOS_FAST));
    double bound = SESSION.toSeconds() + 2.0;
    report.add(
        new Result(
            "killed coordinator, beside session time-out + 2 s",
            store.name(),
            "the bound",
            ours.seconds(),
            bound,
            "s",
            bound / ours.seconds(),
            1));
  }

  private void row(Recovery ours, String name, Recovery theirs) {
    report.say("%-10s killed coordinator: %s %s".formatted(store.name(), name, theirs));
    report.add(
        new Result(
            "killed coordinator, until nothing is in doubt" + (theirs.all() ? "" : " (theirs cut)"),
            store.name(),
            name,
            ours.seconds(),
            theirs.seconds(),
            "s",
            theirs.seconds() / ours.seconds(),
            0));
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

  Recovery peer(MovingProcess.Work work, MovingProcess.Work recovery) throws Exception {
    try (Ledgers ledgers = new Ledgers();
        TemporaryFolder log = TemporaryFolder.create("holdfast-peer-log")) {
      for (int i = 0; i < MOST_TRIES; i++) {
        kill(work, ledgers, log.path());
        long killed = System.nanoTime();
        long left = ledgers.inDoubt();
        Process recovering = start(recovery, ledgers, log.path());
        try {
          if (left > 0) {
            return await(ledgers, killed, left);
          }
        } finally {
          recovering.destroyForcibly().waitFor();
        }
      }
      throw new IllegalStateException("nothing was left in doubt");
    }
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
