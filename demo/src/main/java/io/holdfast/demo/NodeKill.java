package io.holdfast.demo;

import io.holdfast.lock.FencingToken;
import io.holdfast.payment.load.Recovery;
import io.holdfast.payment.load.Timeliness;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Kills the node with the most shards inside a commit between the databases, waits until others
 * have taken its shards over, and starts it again.
 *
 * <p>So that the kill hits, the node is made to stand still as soon as a transaction of its own is
 * prepared in both databases. If that is undecided still, the node dies, and nobody but who takes
 * over can decide it. If it was decided meanwhile, the node goes on, and the next one is waited
 * for.
 */
final class NodeKill {

  private static final Duration TAKEOVER_BOUND = Duration.ofMinutes(2);

  /** Many times what it takes to meet one. */
  private static final Duration AIM_BOUND = Duration.ofSeconds(20);

  /** A good deal shorter than a commit between databases takes. */
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(2);

  private final RunningDemo demo;
  private final ProgressLog.Printer printer;

  NodeKill(RunningDemo demo, ProgressLog.Printer printer) {
    this.demo = demo;
    this.printer = printer;
  }

  /**
   * What came of it.
   *
   * @param kills 0 if nobody could have taken over
   * @param millis how long the takeover took; -1 if no node was killed
   * @param othersInTime the share of the payments on other shards alone that had their answer
   *     within a second, in the worst second of the takeover; 1 if there was none
   * @param commits transactions between the databases that it was in the middle of: prepared in
   *     both, and undecided
   * @param undecided requests and their parts that the death left undecided
   */
  record Takeover(int kills, long millis, double othersInTime, int commits, int undecided) {}

  Takeover run(ProgressLog progress) throws InterruptedException, SQLException {
    Optional<String> victim = demo.owners().busiest();
    if (demo.plan().nodes() < 2 || victim.isEmpty()) {
      printer.say("nobody could take over from a single node: none is killed");
      return new Takeover(0, -1, 1, 0, 0);
    }
    return kill(victim.get(), progress);
  }

  private Takeover kill(String id, ProgressLog progress) throws InterruptedException, SQLException {
    SortedSet<Integer> orphans = demo.owners().of(id);
    Map<Integer, FencingToken> before = demo.tokens(orphans);
    long pid = demo.fleet().pid(id);
    int commits = stopInsideCommit(id, progress);
    Recovery recovery = demo.load().recovery();
    long killed = System.nanoTime();
    demo.fleet().kill(id);
    demo.load().orphaned(orphans);
    printer.say("kill -9 %s (pid %d), owner of shards %s,", id, pid, orphans);
    printer.say(
        "  inside %d commit(s) between the databases: prepared in both, and undecided", commits);
    LedgerServer.Undecided undecided = demo.ledger().undecided(orphans);
    printer.say(
        "  its death leaves undecided %d requests over several shards, and %d parts of such",
        undecided.requests(), undecided.parts());
    Duration took = progress.awaitPayments(recovery, orphans, TAKEOVER_BOUND);
    demo.load().orphaned(Set.of());
    printer.say(
        "every orphaned shard takes payments again, %d ms after the kill (session time-out %d ms):",
        took.toMillis(), DemoPlan.SESSION.toMillis());
    new ShardPrinter(demo, printer).moved(id, orphans, before);
    demo.fleet().start(id);
    printer.say("%s starts again, pid %d", id, demo.fleet().pid(id));
    double share = othersInTime(orphans, killed);
    return new Takeover(1, took.toMillis(), share, commits, undecided.total());
  }

  /**
   * Lets the node stand still in the middle of a commit.
   *
   * @return of how many; 0 if none was met in time, and then the node runs
   */
  private int stopInsideCommit(String id, ProgressLog progress)
      throws InterruptedException, SQLException {
    long end = System.nanoTime() + AIM_BOUND.toNanos();
    try (OpenCommits commits = OpenCommits.of(id, demo.coordinator(), demo.ledger().databases())) {
      while (System.nanoTime() - end < 0) {
        progress.tick();
        if (commits.begun()) {
          demo.fleet().pause(id);
          int undecided = commits.undecided().size();
          if (undecided > 0) {
            return undecided;
          }
          demo.fleet().resume(id);
        }
        TimeUnit.NANOSECONDS.sleep(LOOK_INTERVAL.toNanos());
      }
    }
    return 0;
  }

  /** Until now, that is while the orphans had no owner; the last second has not had its second. */
  private double othersInTime(SortedSet<Integer> orphans, long killed) {
    List<Integer> others =
        IntStream.range(0, demo.plan().shards())
            .filter(shard -> !orphans.contains(shard))
            .boxed()
            .toList();
    long until = System.nanoTime() - Timeliness.bound().toNanos();
    double share = demo.load().timeliness().worst(others, killed, until).orElse(1);
    printer.say(
        "  meanwhile, in the worst second, %.1f %% of the payments between other shards were"
            + " answered within 1 s",
        100 * share);
    return share;
  }
}
