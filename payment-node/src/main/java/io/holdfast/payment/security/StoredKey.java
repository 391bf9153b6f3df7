package io.holdfast.payment.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is kept of an {@link ApiKey}.
 *
 * @param id which
 * @param sha256 of its secret, in 64 hexadecimal digits
 * @param created when it was made
 * @param revoked since when it is not valid any more
 */
public record StoredKey(String id, String sha256, Instant created, Optional<Instant> revoked) {

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  public StoredKey {
    if (!ApiKey.ID_FORM.matcher(id).matches() || !HASH.matcher(sha256).matches()) {
      throw new IllegalArgumentException("not a key");
    }
  }

  static StoredKey of(ApiKey key, Instant now) {
    return new StoredKey(key.id(), key.hash(), now, Optional.empty());
  }

  /** Whether this is what is kept of that key, revoked or not; in the same time either way. */
  boolean matches(ApiKey shown) {
    return MessageDigest.isEqual(
        sha256.getBytes(StandardCharsets.US_ASCII),
        shown.hash().getBytes(StandardCharsets.US_ASCII));
  }

  StoredKey revokedAt(Instant now) {
    return revoked.isPresent() ? this : new StoredKey(id, sha256, created, Optional.of(now));
  }

  @Override
  public String toString() {
    return "StoredKey[" + id + revoked.map(when -> ", revoked " + when).orElse("") + "]";
  }
}
