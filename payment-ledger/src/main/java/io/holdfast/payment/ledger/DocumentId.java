package io.holdfast.payment.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/**
 * The name of a document. It tells the shard where the document lives, so anyone can find its
 * owner.
 *
 * @param value the kind, the shard in hexadecimal and 26 letters and digits, with underscores
 *     between: {@code pay_05f_0k3m…}
 */
public record DocumentId(String value) {

  /** What a value looks like, all of it: a regular expression. */
  public static final String FORM = "[a-z]{2,16}_[0-9a-f]{3}_[0-9a-v]{26}";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  public DocumentId {
    if (!PATTERN.matcher(value).matches()) {
      throw new IllegalArgumentException("not an id that this ledger has given");
    }
  }

  static boolean isOne(String text) {
    return PATTERN.matcher(text).matches();
  }

  /** For the ledger, and tests in its place: {@code unique} is 26 of 0-9 and a-v. */
  public static DocumentId of(String kind, int shard, String unique) {
    return new DocumentId(String.format("%s_%03x_%s", kind, shard, unique));
  }

  /**
   * The name that follows from these texts, the same whenever it is asked for: for what there is
   * only once, such as the settlement of a day. Only for what a plan of one shard creates: while a
   * transaction over several shards does, nothing keeps away a second one. The first 130 bits of
   * SHA-256 over the texts, each with its length.
   */
  public static DocumentId derived(DocumentKind<?> kind, int shard, String... parts) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      digest.update(bytes);
    }
    byte[] hash = digest.digest();
    StringBuilder unique = new StringBuilder(26);
    for (int letter = 0; letter < 26; letter++) {
      int at = letter * 5;
      int two = (hash[at / 8] & 0xff) << 8 | (hash[at / 8 + 1] & 0xff);
      unique.append(Character.forDigit(two >> (11 - at % 8) & 31, 32));
    }
    return of(kind.name(), shard, unique.toString());
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
