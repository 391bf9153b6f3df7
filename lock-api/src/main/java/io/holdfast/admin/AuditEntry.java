package io.holdfast.admin;

/**
 * Something that an operator did to others.
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

  /** The rule for what is written and for what is read. */
  static boolean fits(String action, String subject, String reason) {
    return action.length() + subject.length() + reason.length() <= LONGEST_TEXT;
  }

  /**
   * The same with no more of reason and subject than there is room for: both may hold what others
   * say of themselves, which must not keep an operator from acting.
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
