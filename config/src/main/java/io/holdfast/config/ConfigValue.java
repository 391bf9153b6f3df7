package io.holdfast.config;

import java.util.Objects;
import java.util.Optional;

/**
 * What a setting holds: plain text, or a secret that is decrypted each time it is asked for.
 * Immutable. {@link #toString} never tells a secret.
 */
public final class ConfigValue {

  private final ConfigKey key;
  private final boolean secret;

  /** The text, or the sealed form of a secret. */
  private final String stored;

  private final KeyRing keys;

  private ConfigValue(ConfigKey key, boolean secret, String stored, KeyRing keys) {
    this.key = key;
    this.secret = secret;
    this.stored = stored;
    this.keys = keys;
  }

  static ConfigValue plain(ConfigKey key, String text) {
    return new ConfigValue(key, false, text, KeyRing.none());
  }

  static ConfigValue secret(ConfigKey key, String sealed, KeyRing keys) {
    return new ConfigValue(key, true, sealed, keys);
  }

  /** True if it is encrypted in the cluster and on disk. */
  public boolean isSecret() {
    return secret;
  }

  /** The id of the key that has encrypted it; empty if it is not a secret. */
  public Optional<String> encryptedBy() {
    return secret ? Optional.of(SecretBox.keyOf(stored)) : Optional.empty();
  }

  /**
   * The text; a secret is decrypted.
   *
   * @throws SecretUnreadableException if it is a secret, and this process has not its key or
   *     somebody has altered it
   */
  public String text() {
    return secret ? SecretBox.open(key, stored, keys) : stored;
  }

  String stored() {
    return stored;
  }

  /** Compares the stored forms: one secret that is encrypted twice makes two values. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ConfigValue that
        && secret == that.secret
        && stored.equals(that.stored)
        && key.equals(that.key);
  }

  @Override
  public int hashCode() {
    return Objects.hash(key, secret, stored);
  }

  /** The text, or that it is a secret, and under which key. */
  @Override
  public String toString() {
    return secret ? "(secret under key " + SecretBox.keyOf(stored) + ")" : stored;
  }
}
