package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When nothing was being hurt, nor had been lately: only then must all be as it should be. */
final class QuietPeriods {

  private final List<Span> faults;

  /**
   * Apart from these times.
   *
   * @param faults called when one was begun, and returned when it was healed
   */
  QuietPeriods(List<Operation> faults) {
    this.faults =
        faults.stream()
            .map(fault -> new Span(fault.call(), fault.end()))
            .sorted(Comparator.comparingLong(Span::from))
            .toList();
  }

  /** The parts of {@code whole} in which every fault is at least {@code since} past. */
  List<Span> within(Span whole, long since) {
    List<Span> quiet = new ArrayList<>();
    long from = whole.from();
    for (Span fault : faults) {
      quiet.add(new Span(from, Math.min(whole.to(), fault.from())));
      from = Math.max(from, Span.after(fault.to(), since));
    }
    quiet.add(new Span(from, whole.to()));
    return quiet.stream().filter(span -> !span.isEmpty()).toList();
  }

  /** True if {@code moment} is such. */
  boolean isQuiet(long moment, long since) {
    return faults.stream()
        .noneMatch(fault -> new Span(fault.from(), Span.after(fault.to(), since)).holds(moment));
  }

  /** When each fault was over, of those that were. */
  List<Long> heals() {
    return faults.stream().map(Span::to).filter(end -> end != Operation.NEVER).toList();
  }
}
