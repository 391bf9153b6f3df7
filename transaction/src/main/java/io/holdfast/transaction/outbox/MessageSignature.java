package io.holdfast.transaction.outbox;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs messages that go over HTTP, and tells whether a signature is right: HMAC with SHA-256 over
 * the moment of signing and all of the message. The secret is in no text that this gives.
 *
 * <p>The value of the header is {@code t=SECONDS,v1=HEX}, signed is {@code
 * SECONDS.ID.TOPIC.KEY-LENGTH.KEY.CREATED.BODY} in UTF-8, with the key's length in characters and
 * the times in seconds and milliseconds since 1970.
 */
public final class MessageSignature {

  private static final int SHORTEST_SECRET = 16;
  private static final String ALGORITHM = "HmacSHA256";
  private static final Pattern VALUE = Pattern.compile("t=([0-9]{1,12}),v1=([0-9a-f]{64})");

  private final SecretKeySpec key;

  /**
   * With a secret that sender and receiver share.
   *
   * @throws IllegalArgumentException if it has fewer than 16 bytes
   */
  public MessageSignature(byte[] secret) {
    if (secret.length < SHORTEST_SECRET) {
      throw new IllegalArgumentException(
          "a secret has at least " + SHORTEST_SECRET + " bytes: this one is too short");
    }
    key = new SecretKeySpec(secret, ALGORITHM);
  }

  /** The header's value for a message that is sent at {@code now}. */
  public String sign(Message message, Instant now) {
    return "t=" + now.getEpochSecond() + ",v1=" + digest(message, now.getEpochSecond());
  }

  /**
   * Whether a value was made with the same secret, for this very message, not long ago. Takes as
   * long for a wrong one as for a right one.
   *
   * @param tolerance how far the moment of signing may lie from {@code now}, before or after
   */
  public boolean isRight(String value, Message message, Instant now, Duration tolerance) {
    Matcher parts = VALUE.matcher(value);
    if (!parts.matches()) {
      return false;
    }
    long signed = Long.parseLong(parts.group(1));
    Duration age = Duration.between(Instant.ofEpochSecond(signed), now).abs();
    byte[] expected = digest(message, signed).getBytes(StandardCharsets.US_ASCII);
    return MessageDigest.isEqual(expected, parts.group(2).getBytes(StandardCharsets.US_ASCII))
        && age.compareTo(tolerance) <= 0;
  }

  private String digest(Message message, long seconds) {
    String messageKey = message.key().orElse("");
    String signed =
        String.join(
            ".",
            Long.toString(seconds),
            message.id().toString(),
            message.topic(),
            Integer.toString(messageKey.length()),
            messageKey,
            Long.toString(message.created().toEpochMilli()),
            message.body());
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "MessageSignature[" + ALGORITHM + "]";
  }
}
