package io.holdfast.payment.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signature of a webhook: the header {@code Holdfast-Signature: t=1767225600,v1=5257a8…}, with
 * seconds since 1970 and one hexadecimal HMAC-SHA-256 (RFC 2104) over the same digits, a dot and
 * the body, for each secret. The form is the one that payment service providers use.
 *
 * <p>The time is signed too, so that nobody can send an old message again after {@code tolerance}.
 * Within it, and after a delivery whose acknowledgement was lost, the same message may come twice:
 * receivers remember the id of the event.
 */
public final class WebhookSignature {

  /** Where it is. */
  public static final String HEADER = "Holdfast-Signature";

  /** What receivers allow between their clock and the sender's, unless they know better. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static final String ALGORITHM = "HmacSHA256";
  private static final int MOST_HEADER = 1_000;

  private WebhookSignature() {}

  /** The header's value. */
  public static String sign(List<String> secrets, Instant at, byte[] body) {
    String seconds = Long.toString(at.getEpochSecond());
    StringBuilder header = new StringBuilder("t=").append(seconds);
    for (String secret : secrets) {
      header.append(",v1=").append(HexFormat.of().formatHex(hmac(secret, seconds, body)));
    }
    return header.toString();
  }

  /**
   * Whether a body was signed with this secret, lately. Whatever else the header is: false, without
   * an exception.
   *
   * @param header as received
   * @param body as received, before it is read as JSON
   * @param tolerance how far the time signed may be from {@code now}, either way
   */
  public static boolean verify(
      String header, byte[] body, String secret, Instant now, Duration tolerance) {
    if (header.length() > MOST_HEADER) {
      return false;
    }
    List<String> times = new ArrayList<>();
    List<String> signatures = new ArrayList<>();
    for (String part : header.split(",", -1)) {
      if (part.startsWith("t=")) {
        times.add(part.substring(2));
      } else if (part.startsWith("v1=")) {
        signatures.add(part.substring(3));
      }
    }
    if (times.size() != 1 || !times.get(0).matches("[0-9]{1,12}")) {
      return false;
    }
    Duration apart =
        Duration.between(Instant.ofEpochSecond(Long.parseLong(times.get(0))), now).abs();
    byte[] expected = hmac(secret, times.get(0), body);
    boolean matches = false;
    for (String each : signatures) {
      matches |= bytes(each).map(some -> MessageDigest.isEqual(expected, some)).orElse(false);
    }
    return matches && apart.compareTo(tolerance) <= 0;
  }

  private static Optional<byte[]> bytes(String hexadecimal) {
    return hexadecimal.matches("[0-9a-f]{64}")
        ? Optional.of(HexFormat.of().parseHex(hexadecimal))
        : Optional.empty();
  }

  private static byte[] hmac(String secret, String seconds, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      mac.update(seconds.getBytes(StandardCharsets.US_ASCII));
      mac.update((byte) '.');
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
