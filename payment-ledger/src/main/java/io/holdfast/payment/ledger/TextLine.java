package io.holdfast.payment.ledger;

/** Checks texts that people write: they go into the books, to terminals and to pages. */
public final class TextLine {

  private TextLine() {}

  /**
   * Whether it is a line that says something: not blank, without control characters and halves of
   * characters, and no longer than so many chars.
   */
  public static boolean isOne(String text, int longest) {
    return !text.isBlank()
        && text.length() <= longest
        && text.codePoints()
            .noneMatch(
                each ->
                    Character.isISOControl(each) || Character.getType(each) == Character.SURROGATE);
  }

  /**
   * A reason of up to 200 characters.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static void requireReason(String reason) {
    if (!isOne(reason, 200)) {
      throw new IllegalArgumentException("give a reason: one line of 1 to 200 characters");
    }
  }
}
