package io.holdfast.payment.security;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a caller shows: {@code hfk_ID_SECRET}, the id in 10 and the secret, 256 random bits, in 52
 * digits of base 32 (0-9, a-v). The id is public and says which key it is.
 *
 * <p>Of the secret only its SHA-256 is kept. A slow hash with salt is for passwords, of which there
 * are few enough to be tried one after the other; 2<sup>256</sup> secrets cannot be tried at any
 * speed, and a key is checked at every request.
 */
public final class ApiKey {

  private static final int ID_DIGITS = 10;
  private static final int SECRET_DIGITS = 52;
  private static final int ID_BITS = 5 * ID_DIGITS;
  private static final int SECRET_BITS = 256;
  private static final int BASE = 32;
  private static final Pattern FORM =
      Pattern.compile("hfk_([0-9a-v]{" + ID_DIGITS + "})_([0-9a-v]{" + SECRET_DIGITS + "})");
  static final Pattern ID_FORM = Pattern.compile("[0-9a-v]{" + ID_DIGITS + "}");

  private final String id;
  private final String secret;

  private ApiKey(String id, String secret) {
    this.id = id;
    this.secret = secret;
  }

  /** A new one. */
  static ApiKey generate(SecureRandom random) {
    return new ApiKey(
        digits(new BigInteger(ID_BITS, random), ID_DIGITS),
        digits(new BigInteger(SECRET_BITS, random), SECRET_DIGITS));
  }

  private static String digits(BigInteger number, int digits) {
    String text = number.toString(BASE);
    return "0".repeat(digits - text.length()) + text;
  }

  /** Empty if the text is no key. */
  static Optional<ApiKey> parse(String text) {
    Matcher form = FORM.matcher(text);
    return form.matches()
        ? Optional.of(new ApiKey(form.group(1), form.group(2)))
        : Optional.empty();
  }

  /** Which key it is; no secret. */
  public String id() {
    return id;
  }

  /** All of it: for the caller only, once. */
  public String reveal() {
    return "hfk_" + id + "_" + secret;
  }

  /** What is kept of it: the SHA-256 of the secret, in hexadecimal digits. */
  String hash() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "hfk_" + id + "_(secret)";
  }
}
