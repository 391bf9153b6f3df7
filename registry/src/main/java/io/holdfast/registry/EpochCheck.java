package io.holdfast.registry;

import io.holdfast.coordination.Revision;
import java.util.Optional;

/**
 * Lets a callee refuse a request for another registration: a caller with an old view may still
 * address the process that used this host and port before.
 *
 * <p>The caller sends {@link #valueFor} the instance that it picked in the header {@link #HEADER};
 * the callee asks {@link Registration#checkEpoch} and refuses, with status 421 (Misdirected
 * Request) for example, unless it {@link Verdict#isMeant}.
 */
public final class EpochCheck {

  /** The name of the header. */
  public static final String HEADER = "Holdfast-Epoch";

  private static final int LONGEST = 19;

  /** The registration that a caller meant. */
  public enum Verdict {
    /** This one. */
    MEANT,
    /** An earlier one: the caller's view is old. */
    EARLIER,
    /** A later one: this process has been succeeded, and may not have noticed yet. */
    LATER,
    /** The caller did not say. */
    UNSAID,
    /** What the caller said is not an epoch. */
    MALFORMED;

    /** True unless the caller clearly meant another registration, or sent no epoch. */
    public boolean isMeant() {
      return this == MEANT || this == UNSAID;
    }
  }

  private EpochCheck() {}

  /** What to send to the instance that was picked. */
  public static String valueFor(RegisteredInstance picked) {
    return picked.epoch().toString();
  }

  /**
   * Compares the epoch that a caller sent.
   *
   * @param value the header's value, empty if there is none
   * @param first the epoch of this incarnation's first registration
   * @param current its present epoch: later than the first if the entry was created again
   */
  static Verdict judge(Optional<String> value, Revision first, Revision current) {
    if (value.isEmpty()) {
      return Verdict.UNSAID;
    }
    String text = value.get();
    if (text.isEmpty() || text.length() > LONGEST || !text.chars().allMatch(EpochCheck::isDigit)) {
      return Verdict.MALFORMED;
    }
    long meant;
    try {
      meant = Long.parseLong(text);
    } catch (NumberFormatException e) {
      return Verdict.MALFORMED;
    }
    if (meant < first.value()) {
      return Verdict.EARLIER;
    }
    return meant > current.value() ? Verdict.LATER : Verdict.MEANT;
  }

  private static boolean isDigit(int character) {
    return character >= '0' && character <= '9';
  }
}
