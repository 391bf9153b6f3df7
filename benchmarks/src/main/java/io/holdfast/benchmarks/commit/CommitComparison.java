package io.holdfast.benchmarks.commit;

import io.holdfast.benchmarks.measure.Report;
import java.time.Duration;
import java.util.List;

/** Commits at full length, or a part of it. */
public final class CommitComparison {

  private static final int SERVERS = 3;
  private static final int IN_FLIGHT = 100;
  private static final Duration TURN = Duration.ofSeconds(2);
  private static final List<Integer> CLIENTS = List.of(1, 16, 48, 200);

  /** Whatever a peer has not recovered by then is told as cut. */
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  /** What there is. */
  public enum Part {
    /** Everything. */
    ALL,
    /** Transfers over two databases. */
    TRANSFERS,
    /** Transfers that all debit one account. */
    HOT,
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
    // Their logs are the JVM's.
    try (Peers peers = new Peers()) {
      if (etcd) {
        try (Store store = Store.etcd(SERVERS)) {
          on(store, part, peers);
        }
      }
      if (zooKeeper) {
        try (Store store = Store.zooKeeper(SERVERS)) {
          on(store, part, peers);
        }
      }
    }
  }

  private void on(Store store, Part part, Peers peers) throws Exception {
    if (part == Part.ALL || part == Part.ALONE) {
      measure(store, CommitBenchmarks::oneBranch);
    }
    if (part == Part.ALL || part == Part.TRANSFERS || part == Part.HOT) {
      measure(
          store,
          benchmarks -> {
            if (part != Part.HOT) {
              benchmarks.transfers(peers);
            }
            if (part != Part.TRANSFERS) {
              benchmarks.hot(peers);
            }
          });
    }
    if (part == Part.ALL || part == Part.STEPS) {
      measure(store, CommitBenchmarks::steps);
    }
    if (part == Part.ALL || part == Part.KILLED) {
      new KilledCoordinator(store, IN_FLIGHT, PATIENCE, report).all();
    }
  }

  /** A part with servers of its own. */
  private interface Measurement {
    void run(CommitBenchmarks benchmarks) throws Exception;
  }

  private void measure(Store store, Measurement measurement) throws Exception {
    CommitBenchmarks.Scale scale = new CommitBenchmarks.Scale(TURN, TURN, rounds, CLIENTS);
    try (Ledgers ledgers = new Ledgers();
        CommitBenchmarks benchmarks = new CommitBenchmarks(store, ledgers, scale, report)) {
      measurement.run(benchmarks);
    }
  }
}
