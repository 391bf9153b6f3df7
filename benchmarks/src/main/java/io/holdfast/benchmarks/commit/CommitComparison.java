package io.holdfast.benchmarks.commit;

import io.holdfast.benchmarks.measure.Report;
import java.time.Duration;
import java.util.List;

/** Commits at full length, or a part of it. */
public final class CommitComparison {

  private static final int SERVERS = 3;
  private static final int IN_FLIGHT = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  /** What there is. */
  public enum Part {
    /** Everything. */
    ALL,
    /** Transfers over two databases. */
    TRANSFERS,
    /** One database alone. */
    ALONE,
    /** TCC and sagas. */
    STEPS,
    /** The coordinator killed. */
    KILLED
  }

  private final boolean zooKeeper;
  private final boolean etcd;
  private final int rounds;
  private final Report report;

  /** On the stores that are wanted. */
  public CommitComparison(String backend, int rounds, Report report) {
    this.zooKeeper = !backend.equals("ETCD");
    this.etcd = !backend.equals("ZOOKEEPER");
    this.rounds = Math.max(1, rounds);
    this.report = report;
  }

  /** Measures, and reports as results come. */
  public void run(Part part) throws Exception {
    if (etcd) {
      try (Store store = Store.etcd(SERVERS)) {
        on(store, part);
      }
    }
    if (zooKeeper) {
      try (Store store = Store.zooKeeper(SERVERS)) {
        on(store, part);
      }
    }
  }

  private void on(Store store, Part part) throws Exception {
    CommitBenchmarks.Scale scale =
        new CommitBenchmarks.Scale(
            Duration.ofSeconds(2), Duration.ofSeconds(2), rounds, List.of(1, 16, 48, 200));
    if (part == Part.ALL || part == Part.ALONE) {
      try (Ledgers ledgers = new Ledgers();
          CommitBenchmarks benchmarks = new CommitBenchmarks(store, ledgers, scale, report)) {
        benchmarks.oneBranch();
      }
    }
    if (part == Part.ALL || part == Part.TRANSFERS) {
      try (Ledgers ledgers = new Ledgers();
          Peers peers = new Peers();
          CommitBenchmarks benchmarks = new CommitBenchmarks(store, ledgers, scale, report)) {
        benchmarks.transfers(peers);
      }
    }
    if (part == Part.ALL || part == Part.STEPS) {
      try (Ledgers ledgers = new Ledgers();
          CommitBenchmarks benchmarks = new CommitBenchmarks(store, ledgers, scale, report)) {
        benchmarks.steps();
      }
    }
    if (part == Part.ALL || part == Part.KILLED) {
      new KilledCoordinator(store, IN_FLIGHT, PATIENCE, report).all();
    }
  }
}
