package io.holdfast.payment.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What only the nodes of one ledger can do: sign, by a secret that is kept in the ledger's
 * database, so that a node can tell whether what it hears comes from a node of the same ledger.
 * HMAC-SHA-256 (RFC 2104). Thread-safe.
 */
public final class LedgerIdentity {

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec secret;

  /** By the ledger's secret. */
  public LedgerIdentity(byte[] secret) {
    this.secret = new SecretKeySpec(secret, ALGORITHM);
  }

  /** Signs these texts, each with its length, so that no two lists have the same signature. */
  public String sign(String... parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        mac.update(bytes);
      }
      return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /**
   * Whether a signature is that of these texts, in a time that does not depend on where it errs.
   */
  public boolean verify(String signature, String... parts) {
    return MessageDigest.isEqual(
        signature.getBytes(StandardCharsets.UTF_8), sign(parts).getBytes(StandardCharsets.UTF_8));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "LedgerIdentity";
  }
}
