package io.holdfast.chaos;

import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.fault.LeaderWatch;
import io.holdfast.chaos.history.Operation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long after a fault one lock was of use again, in session time-outs.
 *
 * @param took until a write to the register behind the lock, begun after the fault, was accepted;
 *     counted from the fault, or from its end if nothing could be served before that
 * @param leaderless for how much of that time the cluster had no leader, which no lock can help
 */
public record RecoveryTime(double took, double leaderless) {

  /** What was not the cluster's own time. */
  public double own() {
    return took - leaderless;
  }

  /** One for each lock whose register was written again; the others are told apart by hand. */
  static List<RecoveryTime> of(
      FaultOutcome faultOutcome,
      List<Operation> operations,
      LeaderWatch leaders,
      Duration session) {
    long from = faultOutcome.servedFrom();
    Map<String, Long> firstWrites = new HashMap<>();
    operations.stream()
        .filter(each -> each.kind().equals("register") && each.action().equals("write"))
        .filter(write -> "true".equals(write.output().get("accepted")) && write.call() > from)
        .forEach(write -> firstWrites.merge(write.key(), write.end(), Math::min));
    return firstWrites.values().stream()
        .map(written -> between(from, written, leaders, session))
        .toList();
  }

  /** One that took from a {@link System#nanoTime} to another. */
  public static RecoveryTime between(long from, long to, LeaderWatch leaders, Duration session) {
    return new RecoveryTime(
        ratio(Duration.ofNanos(to - from), session), ratio(leaders.leaderless(from, to), session));
  }

  private static double ratio(Duration time, Duration session) {
    return (double) time.toNanos() / session.toNanos();
  }
}
