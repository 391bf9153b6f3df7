package io.holdfast.chaos.suite;

import io.holdfast.chaos.Quantiles;
import io.holdfast.chaos.RecoveryTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * How soon locks must be of use again after a fault. All numbers are session time-outs, of which
 * the chaos suite's have three seconds.
 */
final class RecoveryBounds {

  /** How long 99 of 100 locks may be of no use, beside the time in which there is no leader. */
  private static final double NEARLY_ALL = 1.6;

  /** The same for the last of them, whatever was hurt, with an election in it. */
  private static final double MOST = 2;

  /** An election, half a second; what it takes longer is the cluster's, and added. */
  private static final double ELECTION = 1 / 6.0;

  /**
   * What it takes more until a leader is missed, as {@link io.holdfast.chaos.fault.Clusters} tells:
   * one second, in which servers still say that they follow one.
   */
  private static final double MISSED = 1 / 3.0;

  /**
   * A client is heard and hears nothing. Its session lasts from when it was heard last, and that is
   * after the client has given up: ZooKeeper's library still tries to connect then, and what a
   * client of etcd has sent may arrive once TCP sends it again. So the locks that it held are not
   * among the 99 of 100, and the last may take {@link #DEAF} more.
   */
  static final String DEAF_CLIENT = "client-deaf";

  /** ZooKeeper's library tries up to a second longer: a third of a session of three. */
  private static final double DEAF = 1 / 3.0;

  /** Of fewer the greatest is all that can be said. */
  static final int ENOUGH_FOR_P99 = 100;

  /** Who was hurt: that says whether a leader had to be missed. */
  enum Hurt {
    CLIENTS(0),
    SERVERS(MISSED);

    private final double missed;

    Hurt(double missed) {
      this.missed = missed;
    }
  }

  private RecoveryBounds() {}

  /** What is wrong with the slowest recovery from one fault, if anything. */
  static Optional<String> excessOfTheLast(String fault, List<RecoveryTime> recoveries) {
    ToDoubleFunction<RecoveryTime> bound =
        each -> (fault.equals(DEAF_CLIENT) ? MOST + DEAF : MOST) + longElection(each);
    return recoveries.stream()
        .filter(each -> each.took() > bound.applyAsDouble(each))
        .max(Comparator.comparingDouble(RecoveryTime::took))
        .map(
            each ->
                "the last lock took %.2f session time-outs to get over %s, and may take %.2f"
                    .formatted(each.took(), fault, bound.applyAsDouble(each)));
  }

  private static double longElection(RecoveryTime recovery) {
    return Math.max(0, recovery.leaderless() - ELECTION);
  }

  /** What is wrong with 99 of 100 recoveries, if anything can be said of so many. */
  static Optional<String> excessOfNearlyAll(Hurt hurt, List<RecoveryTime> recoveries) {
    if (recoveries.size() < ENOUGH_FOR_P99) {
      return Optional.empty();
    }
    double most = NEARLY_ALL + hurt.missed;
    double p99 = Quantiles.of(recoveries.stream().map(RecoveryTime::own).toList()).p99();
    return p99 <= most
        ? Optional.empty()
        : Optional.of(
            "99 of 100 locks took up to %.2f session time-outs, with a leader there, to get over"
                    .formatted(p99)
                + " faults of %s, and may take %.2f".formatted(hurt, most));
  }
}
