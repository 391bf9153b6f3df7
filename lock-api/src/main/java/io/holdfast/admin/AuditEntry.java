package io.holdfast.admin;

/**
 * An operator's action on other processes.
 *
 * @param action what, such as {@code lock.release}
 * @param subject to whom or what
 * @param reason as the operator gave it. All three together have at most 1,000 characters
 */
public record AuditEntry(String action, String subject, String reason) {

  private static final int LONGEST_TEXT = 1_000;

  public AuditEntry {
    if (!fits(action, subject, reason)) {
      throw new IllegalArgumentException(
          "an audit entry has at most " + LONGEST_TEXT + " characters");
    }
  }

  /** The length limit, for writing and for reading. */
  static boolean fits(String action, String subject, String reason) {
    return action.length() + subject.length() + reason.length() <= LONGEST_TEXT;
  }

  /**
   * The entry with its reason and subject cut to the room that there is. Both may contain texts of
   * other processes, and such a text must not stop an operator.
   */
  public static AuditEntry shortened(String action, String subject, String reason) {
    int room = LONGEST_TEXT - action.length();
    String why = firstOf(reason, Math.max(room / 2, room - subject.length()));
    return new AuditEntry(action, firstOf(subject, room - why.length()), why);
  }

  private static String firstOf(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}
