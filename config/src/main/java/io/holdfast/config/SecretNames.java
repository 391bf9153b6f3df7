package io.holdfast.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** Tells what must not be stored in clear, as far as that can be seen. */
final class SecretNames {

  /** The last word of a name: {@code db.password} and {@code api-key}, not {@code token.days}. */
  private static final Pattern NAME =
      Pattern.compile(
          ".*(password|passwd|passphrase|pwd|secret|token|credentials?|(api|private|access|secret)"
              + "[._-]?key)(\\[\\d+])?");

  private static final Pattern VALUE =
      Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----|\\bAKIA[0-9A-Z]{16}\\b");

  private SecretNames() {}

  /** Refuses it. The message does not hold the text. */
  static void check(ConfigKey key, String text) {
    if (NAME.matcher(key.name().toLowerCase(Locale.ROOT)).matches()) {
      throw new IllegalArgumentException(
          key + " is a secret by its name, and is not stored in clear: store it as a secret");
    }
    if (VALUE.matcher(text).find()) {
      throw new IllegalArgumentException(
          "the value of " + key + " holds a private key: store it as a secret");
    }
  }
}
