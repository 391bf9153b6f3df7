package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * From when to when each process is known to have lived: by what it noted.
 *
 * <p>A client's processes are named like {@code c1.1}, {@code c1.2}, one after the other: when the
 * next one begins, the one before is dead.
 */
final class ProcessLifetimes {

  private final Map<String, Span> lifetimes = new HashMap<>();

  ProcessLifetimes(List<Operation> operations) {
    for (Operation operation : operations) {
      long last = operation.completed() ? operation.end() : operation.call();
      lifetimes.merge(
          operation.process(),
          new Span(operation.call(), last),
          (a, b) -> new Span(Math.min(a.from(), b.from()), Math.max(a.to(), b.to())));
    }
  }

  Set<String> processes() {
    return lifetimes.keySet();
  }

  /** From its first note to its last. */
  Span of(String process) {
    return lifetimes.getOrDefault(process, new Span(0, 0));
  }

  /** When it was certainly dead; {@link Operation#NEVER} if nobody came after it. */
  long deadBy(String process) {
    long last = of(process).to();
    return lifetimes.entrySet().stream()
        .filter(other -> client(other.getKey()).equals(client(process)))
        .map(Map.Entry::getValue)
        .mapToLong(Span::from)
        .filter(begun -> begun >= last)
        .min()
        .orElse(Operation.NEVER);
  }

  static String client(String process) {
    int dot = process.lastIndexOf('.');
    return dot < 0 ? process : process.substring(0, dot);
  }
}
