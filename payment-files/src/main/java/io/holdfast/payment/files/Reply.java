package io.holdfast.payment.files;

import java.time.Duration;

/** What came of asking a node for a transfer once. */
sealed interface Reply {

  /** How sure it is that the money moved by this key. */
  enum Paid {
    NOW,
    /** An earlier request under the same key had done it. */
    BEFORE
  }

  /** The money has moved. */
  record Done(Paid when) implements Reply {}

  /**
   * Refused for good.
   *
   * @param code of the problem, for programs
   * @param detail for people
   */
  record Refused(String code, String detail) implements Reply {}

  /**
   * Not known, or not done; the same request under the same key tells.
   *
   * @param why for people
   * @param pause for how long the node wants no retry; zero if it does not say
   */
  record Later(String why, Duration pause) implements Reply {}
}
