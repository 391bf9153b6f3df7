package io.holdfast.coordination;

/**
 * Something that an operator did to others.
 *
 * @param action what, such as {@code lock.release}
 * @param subject to whom or what
 * @param reason as the operator gave it
 */
public record AuditEntry(String action, String subject, String reason) {

  private static final int LONGEST_TEXT = 1_000;

  public AuditEntry {
    if (action.length() + subject.length() + reason.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(
          "an audit entry has at most " + LONGEST_TEXT + " characters");
    }
  }
}
