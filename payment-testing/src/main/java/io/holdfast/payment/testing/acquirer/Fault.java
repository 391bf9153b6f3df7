package io.holdfast.payment.testing.acquirer;

import java.util.Locale;

/** What can go wrong with one call. Asking for a status only the first four can befall. */
public enum Fault {
  /** 500; nothing is done. */
  ERROR,
  /** No answer, ever; nothing is done. */
  SILENCE,
  /** What is asked is done, and the connection closed without an answer. */
  HANG_UP,
  /** What is asked is done and answered, some time later. */
  SLOW,
  /** The card is declined. */
  DECLINE,
  /** It is pending, and approved some time later. */
  LATE,
  /** The card is charged; no answer, ever. */
  LOST_ANSWER,
  /** The card is charged; 500. */
  ERROR_AFTER,
  /** The card is charged twice under one reference; the first is answered. */
  DUPLICATE,
  /** The card is charged, and half of that taken back at once. */
  CHARGEBACK,
  /** The same, and what was taken back is given back. */
  REVERSAL,
  /** The process halts before it has done anything. */
  CRASH,
  /** The card is charged, and the process halts before it answers. */
  CRASH_AFTER;

  /** As it is written on the command line and in JSON: lower case with dashes. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * By its text.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Fault of(String text) {
    for (Fault each : values()) {
      if (each.text().equals(text)) {
        return each;
      }
    }
    throw new IllegalArgumentException("not a fault: " + text);
  }

  boolean canBefallAStatus() {
    return this == ERROR || this == SILENCE || this == HANG_UP || this == SLOW;
  }
}
