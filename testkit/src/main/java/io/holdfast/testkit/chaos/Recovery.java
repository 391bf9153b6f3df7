package io.holdfast.testkit.chaos;

import io.holdfast.testkit.fault.Injury;
import io.holdfast.testkit.history.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long after a fault one lock was of use again.
 *
 * @param injury the fault
 * @param key the register that the lock guards
 * @param took until a write to it, begun after the fault, was accepted; counted from the fault, or
 *     from its end if nothing could be served before that
 */
public record Recovery(Injury injury, String key, Duration took) {

  /** One for each lock whose register was written again; the others are told apart by hand. */
  static List<Recovery> of(Injury injury, List<Operation> operations) {
    long from = injury.servedFrom();
    Map<String, Long> firstWrites = new TreeMap<>();
    operations.stream()
        .filter(each -> each.kind().equals("register") && each.action().equals("write"))
        .filter(write -> "true".equals(write.output().get("accepted")) && write.call() > from)
        .forEach(write -> firstWrites.merge(write.key(), write.end(), Math::min));
    return firstWrites.entrySet().stream()
        .map(write -> new Recovery(injury, write.getKey(), since(from, write.getValue())))
        .toList();
  }

  private static Duration since(long from, long nanos) {
    return Duration.ofNanos(nanos - from);
  }

  /** As a multiple of the session time-out. */
  double ratio(Duration session) {
    return (double) took.toNanos() / session.toNanos();
  }
}
