package io.holdfast.transaction;

import io.holdfast.coordination.Payload;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far an epoch has forgotten: {@code 1200 1187 1190} in the store means that every transaction
 * up to number 1,200 has ended, but for those two.
 *
 * @param last the greatest number that it speaks of
 * @param active what has not ended of those
 */
record LowWaterMark(long last, Set<Long> active) {

  /** More are not listed. */
  static final int MOST_EXCEPTIONS = 1_000;

  /** Nothing has ended. */
  static final LowWaterMark NONE = new LowWaterMark(0, Set.of());

  LowWaterMark {
    active = Set.copyOf(active);
  }

  /**
   * Of an epoch as it is now.
   *
   * @param active in ascending order
   */
  static LowWaterMark of(long last, Collection<Long> active) {
    return active.size() > MOST_EXCEPTIONS
        ? new LowWaterMark(active.iterator().next() - 1, Set.of())
        : new LowWaterMark(last, Set.copyOf(active));
  }

  /** True if it has ended, so that no decision need be there. */
  boolean hasEnded(long sequence) {
    return sequence <= last && !active.contains(sequence);
  }

  Payload encode() {
    return Payload.utf8(
        Stream.concat(Stream.of(last), active.stream().sorted())
            .map(String::valueOf)
            .collect(Collectors.joining(" ")));
  }

  /** {@link #NONE} if it cannot be read. */
  static LowWaterMark decode(Payload payload) {
    String text = payload.text();
    if (!text.matches("[0-9]{1,18}( [0-9]{1,18})*")) {
      return NONE;
    }
    String[] numbers = text.split(" ", -1);
    return new LowWaterMark(
        Long.parseLong(numbers[0]),
        Stream.of(numbers).skip(1).map(Long::valueOf).collect(Collectors.toSet()));
  }
}
