package io.holdfast.benchmarks.balance;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.registry.ServiceSnapshot;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A real balancer in virtual time: eleven servers, of which one takes 2 s for everything in the
 * middle half of a minute; requests come at random, a thousand a second, and each has a deadline of
 * 1 s. Servers that are well take 5 to 15 ms. The same seed gives the same result.
 */
final class StuckServer {

  private static final int SERVERS = 11;
  private static final int REQUESTS = 60_000;
  private static final long LENGTH = Duration.ofSeconds(60).toNanos();
  private static final long STUCK_FROM = LENGTH / 4;
  private static final long STUCK_UNTIL = 3 * LENGTH / 4;
  private static final long STUCK_LATENCY = Duration.ofSeconds(2).toNanos();
  private static final long DEADLINE = Duration.ofSeconds(1).toNanos();
  private static final int QUICKEST_MICROS = 5_000;
  private static final int SPREAD_MICROS = 10_000;
  private static final double UNIT = 0x1p-53;

  private record Ending(long at, Pick pick, RequestOutcome outcome) {}

  private final PriorityQueue<Ending> endings =
      new PriorityQueue<>(Comparator.comparingLong(Ending::at));
  private final RandomSource dice;
  private final LoadBalancer balancer;
  private long now;
  private int succeeded;

  private StuckServer(Policy policy, long seed) {
    dice = RandomSource.seeded(seed);
    ServiceSnapshot snapshot = Fleets.even(SERVERS, i -> true);
    balancer = new LoadBalancer(() -> snapshot, policy, () -> now, RandomSource.seeded(~seed));
  }

  /** The part of the requests that succeeded within their deadline, in percent. */
  static double successPercent(Policy policy, long seed) {
    StuckServer simulation = new StuckServer(policy, seed);
    simulation.run();
    return 100.0 * simulation.succeeded / REQUESTS;
  }

  private void run() {
    double mean = (double) LENGTH / REQUESTS;
    double next = 0;
    for (int i = 0; i < REQUESTS; i++) {
      next -= mean * Math.log(1 - (dice.bits() >>> 11) * UNIT);
      endUntil((long) next);
      now = (long) next;
      begin();
    }
    endUntil(Long.MAX_VALUE);
  }

  private void begin() {
    Pick pick = balancer.pick().orElseThrow();
    boolean stuck =
        pick.instance().id().equals(Fleets.id(0)) && now >= STUCK_FROM && now < STUCK_UNTIL;
    long latency = stuck ? STUCK_LATENCY : 1_000L * (QUICKEST_MICROS + dice.below(SPREAD_MICROS));
    boolean inTime = latency <= DEADLINE;
    endings.add(
        new Ending(
            now + Math.min(latency, DEADLINE),
            pick,
            inTime ? RequestOutcome.SUCCESS : RequestOutcome.FAILURE));
    succeeded += inTime ? 1 : 0;
  }

  private void endUntil(long limit) {
    while (!endings.isEmpty() && endings.peek().at() <= limit) {
      Ending ending = endings.remove();
      now = ending.at();
      ending.pick().end(ending.outcome());
    }
  }
}
