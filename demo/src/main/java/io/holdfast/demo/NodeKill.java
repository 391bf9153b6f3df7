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
import java.util.stream.IntStream;

/**
 * Kills the node with the most shards while transactions between the databases are under way, waits
 * until others have taken its shards over, and starts it again.
 */
final class NodeKill {

  private static final Duration TAKEOVER_BOUND = Duration.ofSeconds(60);

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
   * @param undecided requests and their parts that the death left undecided
   */
  record Takeover(int kills, long millis, double othersInTime, int undecided) {}

  Takeover run(ProgressLog progress) throws InterruptedException, SQLException {
    Optional<String> victim = demo.owners().busiest();
    if (demo.plan().nodes() < 2 || victim.isEmpty()) {
      printer.say("nobody could take over from a single node: none is killed");
      return new Takeover(0, -1, 1, 0);
    }
    return kill(victim.get(), progress);
  }

  private Takeover kill(String id, ProgressLog progress) throws InterruptedException, SQLException {
    SortedSet<Integer> orphans = demo.owners().of(id);
    Map<Integer, FencingToken> before = demo.tokens(orphans);
    printer.say("kill -9 %s (pid %d), owner of shards %s", id, demo.fleet().pid(id), orphans);
    Recovery recovery = demo.load().recovery();
    long killed = System.nanoTime();
    demo.fleet().kill(id);
    demo.load().orphaned(orphans);
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
    return new Takeover(1, took.toMillis(), share, undecided.total());
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
