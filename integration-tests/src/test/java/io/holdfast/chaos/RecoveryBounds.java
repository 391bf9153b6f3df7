package io.holdfast.chaos;

import io.holdfast.testkit.chaos.Spread;
import java.util.List;
import java.util.Optional;

/** How soon locks must be of use again after a fault. All numbers are session time-outs. */
final class RecoveryBounds {

  /** How long 99 of 100 locks may be of no use. */
  private static final double NEARLY_ALL = 1.6;

  /** The same for the last of them, whatever was hurt. */
  private static final double MOST = 2;

  /**
   * What an election adds to {@link #NEARLY_ALL}: the leader is missed after one second of a
   * session of three, as {@link io.holdfast.testkit.fault.Clusters} tells, and half a second later
   * there is another.
   */
  private static final double ELECTION = 0.5;

  /**
   * What it adds to {@link #MOST} if a client is heard and hears nothing. ZooKeeper keeps its
   * session for a time-out from its last attempt to connect, and its library makes that up to a
   * second after the client has given up: a third of a session of three.
   */
  private static final double DEAF = 1 / 3.0;

  /** Of fewer the greatest is all that can be said. */
  static final int ENOUGH_FOR_P99 = 100;

  /** Who was hurt: that says whether a leader had to be found. */
  enum Hurt {
    CLIENTS(0),
    SERVERS(ELECTION);

    private final double election;

    Hurt(double election) {
      this.election = election;
    }
  }

  private RecoveryBounds() {}

  /** What is wrong with the slowest recovery from one fault, if anything. */
  static Optional<String> excessOfTheLast(String fault, List<Double> took) {
    double most = fault.equals("client-deaf") ? MOST + DEAF : MOST;
    double max = Spread.of(took).max();
    return max <= most
        ? Optional.empty()
        : Optional.of(
            "the last lock took %.2f session time-outs to get over %s, and may take %.2f"
                .formatted(max, fault, most));
  }

  /** What is wrong with 99 of 100 recoveries, if anything can be said of so many. */
  static Optional<String> excessOfNearlyAll(Hurt hurt, List<Double> took) {
    if (took.size() < ENOUGH_FOR_P99) {
      return Optional.empty();
    }
    double most = NEARLY_ALL + hurt.election;
    double p99 = Spread.of(took).p99();
    return p99 <= most
        ? Optional.empty()
        : Optional.of(
            "99 of 100 locks took up to %.2f session time-outs to get over faults of %s, and may take %.2f"
                .formatted(p99, hurt, most));
  }
}
