package io.holdfast.benchmarks.payments;

import io.holdfast.benchmarks.commit.EscrowTransfers;
import io.holdfast.benchmarks.locks.LockStore;
import io.holdfast.benchmarks.measure.Report;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Payments at full length, or quickly. */
public final class PaymentComparison {

  /** What can be measured by itself. */
  public enum Part {
    /** Within a shard, and between shards of one database. */
    ONE_DATABASE,
    /** Between two databases. */
    TWO_DATABASES,
    /** Latency at half of saturation. */
    LATENCY,
    /** Shards that move. */
    MOVES,
    /** More accounts. */
    GROWTH,
    /** More databases. */
    DATABASES
  }

  private static final int STORES = 3;
  private static final int FEWEST = 10_000;

  private final LockStore store;
  private final Report report;
  private final PaymentBenchmarks.Scale scale;

  /**
   * On one store, or on etcd and what concerns the store on ZooKeeper as well.
   *
   * @param rounds of each row, unless it is quick
   * @param accounts the most that there are in a ledger
   */
  public PaymentComparison(
      LockStore store, boolean quick, int rounds, int accounts, Report report) {
    this.store = store;
    this.report = report;
    List<Integer> growth =
        IntStream.of(FEWEST, 1_000_000, 10_000_000)
            .filter(each -> each == FEWEST || each <= accounts)
            .boxed()
            .toList();
    Duration second = Duration.ofSeconds(1);
    this.scale =
        quick
            ? new PaymentBenchmarks.Scale(
                Duration.ofSeconds(20),
                second,
                second,
                1,
                List.of(16, 64, 200),
                Duration.ofSeconds(3),
                growth,
                List.of(2, 4))
            : new PaymentBenchmarks.Scale(
                Duration.ofSeconds(40),
                Duration.ofSeconds(3),
                second,
                Math.max(1, rounds),
                List.of(16, 64, 200),
                Duration.ofSeconds(10),
                growth,
                List.of(2, 4));
  }

  /** Measures, and reports as results come. */
  public void run(Set<Part> parts) throws Exception {
    int databases = scale.databases().stream().mapToInt(Integer::intValue).max().orElse(2);
    try (EscrowTransfers servers =
            EscrowTransfers.start(store == LockStore.ZOOKEEPER, STORES, databases);
        PaymentBenchmarks benchmarks = benchmarks(servers)) {
      for (Part each : new TreeSet<>(parts)) {
        switch (each) {
          case ONE_DATABASE -> benchmarks.oneDatabase();
          case TWO_DATABASES -> benchmarks.twoDatabases();
          case LATENCY -> benchmarks.latency();
          case MOVES -> benchmarks.moves();
          case GROWTH -> benchmarks.growth();
          case DATABASES -> benchmarks.databases();
        }
      }
    }
    if (store == LockStore.BOTH && parts.contains(Part.TWO_DATABASES)) {
      try (EscrowTransfers servers = EscrowTransfers.start(true, STORES, 2);
          PaymentBenchmarks benchmarks = benchmarks(servers)) {
        benchmarks.twoDatabases();
      }
    }
    report.say(
        "a takeover's two figures (healthy shards, orphaned shards) are the demo's: holdfast demo");
  }

  private PaymentBenchmarks benchmarks(EscrowTransfers servers) throws Exception {
    return new PaymentBenchmarks(servers, scale, report, PlainTransfers.installed());
  }
}
