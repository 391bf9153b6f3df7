package io.holdfast.payment.ledger.audit;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * By what a request is known.
 *
 * @param caller the name of who asked
 * @param scope the account or document that it is about
 * @param key the idempotency key
 */
public record RequestKey(String caller, String scope, String key) {

  private static final Pattern DOCUMENT = Pattern.compile("[a-z]+_([0-9a-f]{3})_[0-9a-v]{26}");

  /** The shard that executes it: a document's name says it, an account's is its CRC-32. */
  int home(int shards) {
    return home(scope, shards);
  }

  static int home(String scope, int shards) {
    var document = DOCUMENT.matcher(scope);
    if (document.matches()) {
      return Integer.parseInt(document.group(1), 16);
    }
    CRC32 crc = new CRC32();
    crc.update(scope.getBytes(StandardCharsets.US_ASCII));
    return (int) (crc.getValue() % shards);
  }

  @Override
  public String toString() {
    return "'" + key + "' of " + caller + " about " + scope;
  }
}
