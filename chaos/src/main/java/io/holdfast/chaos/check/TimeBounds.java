package io.holdfast.chaos.check;

import java.time.Duration;

/**
 * How long things may take, by the session time-out of a run, with a second for a busy machine.
 *
 * @param session the time-out
 */
record TimeBounds(Duration session) {

  private static final Duration BUSY = Duration.ofSeconds(1);

  /** Missing a leader and electing another, and a session that ends after that. */
  private static final int TO_RECOVER = 3;

  /** A session that a new leader let begin anew, and three time-outs of a view's protection. */
  private static final int TO_FORGET = 6;

  /** After a fault, or a change, until all is again as it should be, and everybody sees it. */
  long recover() {
    return session.multipliedBy(TO_RECOVER).plus(BUSY).toNanos();
  }

  /** After a process died without a word until nobody names it any more. */
  long forget() {
    return session.multipliedBy(TO_FORGET).plus(BUSY).toNanos();
  }
}
