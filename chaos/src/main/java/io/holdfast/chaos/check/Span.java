package io.holdfast.chaos.check;

/**
 * A stretch of time on the history's clock.
 *
 * @param from its first moment
 * @param to the first moment after it; it is empty unless later than {@code from}
 */
record Span(long from, long to) {

  boolean isEmpty() {
    return to <= from;
  }

  boolean holds(long moment) {
    return moment >= from && moment < to;
  }

  Span and(Span other) {
    return new Span(Math.max(from, other.from), Math.min(to, other.to));
  }

  /** {@code moment + nanos}, for ever if that is too much. */
  static long after(long moment, long nanos) {
    return moment > Long.MAX_VALUE - nanos ? Long.MAX_VALUE : moment + nanos;
  }
}
