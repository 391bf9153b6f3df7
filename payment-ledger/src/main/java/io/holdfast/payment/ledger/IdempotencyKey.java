package io.holdfast.payment.ledger;

import java.util.regex.Pattern;

/**
 * What a client calls one request, the same at every retry.
 *
 * @param value 1 to 128 characters out of letters, digits and {@code . _ : ~ + / = -}
 */
public record IdempotencyKey(String value) {

  /** What a value looks like, all of it: a regular expression. */
  public static final String FORM = "[A-Za-z0-9._:~+/=-]{1,128}";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  public IdempotencyKey {
    if (!PATTERN.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "an idempotency key is 1 to 128 letters, digits or characters out of . _ : ~ + / = -");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
