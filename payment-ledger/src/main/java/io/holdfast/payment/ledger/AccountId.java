package io.holdfast.payment.ledger;

import java.util.regex.Pattern;

/**
 * The name of a client account. System accounts have a colon in theirs, so the two never meet.
 *
 * @param value 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first
 */
public record AccountId(String value) {

  /** What a value looks like, all of it: a regular expression. */
  public static final String FORM = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  public AccountId {
    if (!PATTERN.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "an account id is 1 to 64 letters, digits, '.', '-' or '_', a letter or digit first");
    }
    if (DocumentId.isOne(value)) {
      throw new IllegalArgumentException("an account id does not look like that of a document");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
