package io.holdfast.payment.ledger;

import java.util.regex.Pattern;

/**
 * The name of a document. It tells the shard where the document lives, so anyone can find its
 * owner.
 *
 * @param value the kind, the shard in hexadecimal and 26 letters and digits, with underscores
 *     between: {@code pay_05f_0k3m…}
 */
public record DocumentId(String value) {

  private static final Pattern FORM = Pattern.compile("[a-z]{2,16}_[0-9a-f]{3}_[0-9a-v]{26}");

  public DocumentId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not an id that this ledger has given");
    }
  }

  static boolean isOne(String text) {
    return FORM.matcher(text).matches();
  }

  static DocumentId of(String kind, int shard, String unique) {
    return new DocumentId(String.format("%s_%03x_%s", kind, shard, unique));
  }

  /** What it names. */
  public String kind() {
    return value.substring(0, value.indexOf('_'));
  }

  /** Where it lives. */
  public int shard() {
    int at = value.indexOf('_') + 1;
    return Integer.parseInt(value.substring(at, at + 3), 16);
  }

  @Override
  public String toString() {
    return value;
  }
}
