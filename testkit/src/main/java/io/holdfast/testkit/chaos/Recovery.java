package io.holdfast.testkit.chaos;

import io.holdfast.testkit.fault.Injury;
import io.holdfast.testkit.history.Operation;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * How long after a fault what it hurt was of use again.
 *
 * @param injury the fault
 * @param took until the last of the locks that were in use had a holder whose write, begun after
 *     the fault, was accepted; counted from the fault, or from its end if nothing could be served
 *     before that
 */
record Recovery(Injury injury, Duration took) {

  /** Locks in whose registers nobody ever wrote again do not count: they are told apart by hand. */
  static Recovery of(Injury injury, long from, List<Operation> operations) {
    long last =
        operations.stream()
            .filter(operation -> operation.kind().equals("register"))
            .map(Operation::key)
            .distinct()
            .map(key -> firstWrite(key, from, operations))
            .flatMapToLong(OptionalLong::stream)
            .max()
            .orElse(from);
    return new Recovery(injury, Duration.ofNanos(last - from));
  }

  private static OptionalLong firstWrite(String key, long from, List<Operation> operations) {
    return operations.stream()
        .filter(operation -> operation.key().equals(key) && operation.action().equals("write"))
        .filter(write -> "true".equals(write.output().get("accepted")) && write.call() > from)
        .mapToLong(Operation::end)
        .min();
  }

  /** As a multiple of the session time-out. */
  double ratio(Duration session) {
    return (double) took.toNanos() / session.toNanos();
  }
}
