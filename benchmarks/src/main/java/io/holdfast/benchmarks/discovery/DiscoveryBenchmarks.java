package io.holdfast.benchmarks.discovery;

import io.holdfast.benchmarks.discovery.RestartStorm.Storm;
import io.holdfast.benchmarks.measure.Duel;
import io.holdfast.benchmarks.measure.Result;
import io.holdfast.benchmarks.measure.Samples;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Discovery of a thousand instances against Curator's service cache, and against the list that
 * Spring Cloud LoadBalancer keeps, on a ZooKeeper cluster of three servers that are processes here.
 * All speak to the leader.
 */
public final class DiscoveryBenchmarks {

  private static final int SERVERS = 3;
  private static final int WARM_UP = 500;
  private static final int CHANGES_A_TURN = 100;
  private static final int STORMS = 3;
  private static final double MEDIAN = 0.5;
  private static final double P99 = 0.99;
  private static final String CACHE = "curator ServiceCache";
  private static final String SPRING = "spring cloud loadbalancer";
  private static final int SPREAD_CHANGES = 35;
  private static final Duration LONGEST_SPREAD = Duration.ofSeconds(40);

  private final int rounds;

  /** With so many turns for each side. */
  public DiscoveryBenchmarks(int rounds) {
    this.rounds = rounds;
  }

  /** Measures all of it. */
  public List<Result> onZooKeeper() throws Exception {
    try (ZooKeeperCluster cluster = ZooKeeperCluster.start(SERVERS)) {
      String leader = "127.0.0.1:" + cluster.port(cluster.awaitLeader());
      List<Result> results = new ArrayList<>();
      try (Fleet ours = new HoldfastFleet("zookeeper://" + leader + "/bench");
          CuratorFleet theirs = new CuratorFleet(leader)) {
        results.addAll(changes(ours, theirs));
      }
      results.addAll(storms(leader));
      return results;
    }
  }

  /** In turns, A B B A; then the one that waits for a list to expire, for a minute or so. */
  private List<Result> changes(Fleet ours, CuratorFleet theirs) throws Exception {
    ChangeToPick we = new ChangeToPick(ours);
    ChangeToPick they = new ChangeToPick(theirs);
    we.measure(WARM_UP);
    they.measure(WARM_UP);
    we.forget();
    they.forget();
    for (int round = 0; round < rounds; round++) {
      (round % 2 == 0 ? we : they).measure(CHANGES_A_TURN);
      (round % 2 == 0 ? they : we).measure(CHANGES_A_TURN);
    }
    List<Result> results = new ArrayList<>(compared(we.samples(), they.samples(), CACHE));
    try (SpringCloudListing spring = new SpringCloudListing(theirs)) {
      ExpiringChanges spread = new ExpiringChanges(spring, spring.lifetime(), LONGEST_SPREAD);
      results.addAll(compared(we.samples(), spread.measure(SPREAD_CHANGES), SPRING));
    }
    return results;
  }

  private static List<Result> compared(Samples we, Samples they, String peer) {
    return List.of(
        slower("change to pick, 1,000 instances, median", we, they, peer, MEDIAN),
        slower("change to pick, 1,000 instances, p99", we, they, peer, P99));
  }

  private static Result slower(String name, Samples we, Samples they, String peer, double part) {
    double ours = we.percentile(part);
    double theirs = they.percentile(part);
    return new Result(name, "zookeeper", peer, ours, theirs, "us", theirs / ours, 1.0);
  }

  /** Each side alone, so that the processor time is its own. */
  private static List<Result> storms(String leader) throws Exception {
    List<Storm> we = new ArrayList<>();
    List<Storm> they = new ArrayList<>();
    try (Fleet ours = new HoldfastFleet("zookeeper://" + leader + "/storm")) {
      repeat(ours, we);
    }
    try (Fleet theirs = new CuratorFleet(leader)) {
      repeat(theirs, they);
    }
    String storm = "restart storm, 1,000 registrations";
    double ourCpu = Duel.median(we.stream().map(Storm::cpuMillis).toList());
    double theirCpu = Duel.median(they.stream().map(Storm::cpuMillis).toList());
    double ourTime = Duel.median(we.stream().map(Storm::millis).toList());
    double theirTime = Duel.median(they.stream().map(Storm::millis).toList());
    double ourFewest = we.stream().mapToInt(Storm::fewest).min().orElseThrow();
    double theirFewest = they.stream().mapToInt(Storm::fewest).min().orElseThrow();
    return List.of(
        result(storm + ", processor time", ourCpu, theirCpu, "ms", theirCpu / ourCpu),
        result(storm + ", time until all are back", ourTime, theirTime, "ms", theirTime / ourTime),
        result(
            storm + ", fewest shown at any moment",
            ourFewest,
            theirFewest,
            "instances",
            ourFewest / Math.max(1, theirFewest)));
  }

  private static void repeat(Fleet fleet, List<Storm> storms) throws Exception {
    RestartStorm.on(fleet);
    for (int i = 0; i < STORMS; i++) {
      storms.add(RestartStorm.on(fleet));
    }
  }

  private static Result result(String name, double ours, double theirs, String unit, double ratio) {
    return new Result(name, "zookeeper", CACHE, ours, theirs, unit, ratio, 1.0);
  }
}
