package io.holdfast.payment.scenario.topup.acquirer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.payment.ledger.DocumentId;
import java.io.IOException;
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
 * The acquirer's word that there is something new about a charge, by POST. It only says where to
 * look: what is to be booked, the acquirer is asked for.
 *
 * @param reference the top-up
 * @param id the acquirer's name for what is new; the same whenever it tells of it again
 */
public record Notice(DocumentId reference, String id) {

  /** The header with the signature: {@code t=<seconds>,v1=<hexadecimal>}. */
  public static final String SIGNATURE = "Acquirer-Signature";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern SIGNED = Pattern.compile("t=([0-9]{1,12}),v1=([0-9a-f]{64})");
  private static final Duration OLDEST = Duration.ofMinutes(5);

  public Notice {
    if (!id.matches("[A-Za-z0-9._:-]{1,100}")) {
      throw new IllegalArgumentException("a notice has an id of up to 100 letters and digits");
    }
  }

  /** Whether somebody is the acquirer. */
  public enum Sender {
    /** The signature is right and new. */
    ACQUIRER,
    /** It is not: answer 401 and nothing else. */
    STRANGER
  }

  /**
   * Whose word it is: the signature is the HMAC-SHA-256 of the seconds since 1970, a dot and the
   * body, and not older or newer than five minutes. Takes a time that does not depend on where the
   * signature errs.
   *
   * @param signature the header {@link #SIGNATURE}
   * @param secret shared with the acquirer
   */
  public static Sender sender(byte[] body, String signature, byte[] secret, Instant now) {
    Matcher signed = SIGNED.matcher(signature);
    if (!signed.matches()) {
      return Sender.STRANGER;
    }
    byte[] right;
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update((signed.group(1) + ".").getBytes(StandardCharsets.US_ASCII));
      right = mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
    Instant then = Instant.ofEpochSecond(Long.parseLong(signed.group(1)));
    boolean fresh = Duration.between(then, now).abs().compareTo(OLDEST) <= 0;
    return MessageDigest.isEqual(right, HexFormat.of().parseHex(signed.group(2))) && fresh
        ? Sender.ACQUIRER
        : Sender.STRANGER;
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none, quoting nothing
   */
  public static Notice read(byte[] body) {
    JsonNode notice;
    try {
      notice = MAPPER.readTree(body);
    } catch (IOException e) {
      throw new IllegalArgumentException("a notice is a JSON object");
    }
    return new Notice(
        new DocumentId(notice.path("reference").asText()), notice.path("id").asText());
  }
}
