package io.holdfast.benchmarks.locks;

import io.holdfast.benchmarks.measure.Duel;
import io.holdfast.benchmarks.measure.Report;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Locks on whole clusters, one store after the other, at full length. */
public final class LockComparison {

  private static final int HERD = 500;

  private final LockStore store;
  private final int rounds;
  private final Report report;

  /** On {@code store}, with so many turns for each side. */
  public LockComparison(LockStore store, int rounds, Report report) {
    this.store = store;
    this.rounds = rounds;
    this.report = report;
  }

  /** Measures, and reports as results come. */
  public void run() throws Exception {
    if (store != LockStore.ETCD) {
      try (Cluster cluster = Cluster.zooKeeper()) {
        idle(cluster);
        on(cluster);
      }
      Herd.onZooKeeper(HERD).forEach(report::add);
    }
    if (store != LockStore.ZOOKEEPER) {
      try (Cluster cluster = Cluster.etcd()) {
        on(cluster);
      }
      Herd.onEtcd(HERD).forEach(report::add);
    }
  }

  private void on(Cluster cluster) throws Exception {
    LockBenchmarks locks =
        new LockBenchmarks(
            cluster,
            new LockBenchmarks.Scale(
                Duration.ofSeconds(15),
                new Duel(Duration.ofSeconds(3), Duration.ofSeconds(1), Math.max(1, rounds)),
                new Duel(Duration.ofSeconds(3), Duration.ofSeconds(2), Math.max(1, rounds / 2)),
                64,
                4,
                40,
                10_000,
                List.of(10, 1_000, 10_000)),
            report::add);
    locks.run();
    locks.longQueues();
    Waiting waited = locks.waiting();
    report.keep("waiting", waited);
    report.say(
        String.format(
            Locale.ROOT,
            "%-10s %d waiting asynchronously after %.1f s: %d more threads, %d bytes each",
            waited.backend(),
            waited.waiters(),
            waited.seconds(),
            waited.threads(),
            waited.bytes()));
  }

  /**
   * On a cluster where nobody was before, for ZooKeeper removes empty directories long afterwards.
   * etcd keeps sessions without a write of anybody's.
   */
  private void idle(Cluster cluster) throws Exception {
    IdleClients idle =
        IdleClients.measure(cluster, 200, Duration.ofSeconds(15), Duration.ofSeconds(60));
    report.keep("idle", idle);
    report.say(
        String.format(
            Locale.ROOT,
            "%-10s %d idle clients: %.2f quorum writes each a minute, Curator's %.2f",
            cluster.backend(),
            idle.clients(),
            idle.ours(),
            idle.theirs()));
  }
}
