package io.holdfast.gateway.xds;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short names for content: two contents have one name by no accident that ever happens. */
final class Digest {

  private static final int BYTES = 12;

  private Digest() {}

  static String of(byte[] content) {
    byte[] whole = sha256().digest(content);
    return HexFormat.of().formatHex(whole, 0, BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
