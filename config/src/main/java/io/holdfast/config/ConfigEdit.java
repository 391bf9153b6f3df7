package io.holdfast.config;

import io.holdfast.lock.LockGrant;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A change of one setting, and the conditions under which it is made. Immutable; each method
 * returns a new one. {@link ConfigStore#edit} carries it out.
 */
public final class ConfigEdit {

  /** The most bytes that a value may have, in UTF-8. */
  public static final int LARGEST_VALUE = 64 * 1024;

  enum Kind {
    PLAIN,
    SECRET,
    DELETE,
    ROLLBACK
  }

  private final ConfigKey key;
  private final Kind kind;
  private final String text;
  private final long rollbackTo;
  private final OptionalLong expected;
  private final @Nullable LockGrant grant;
  private final String reason;
  private final Optional<String> operator;

  private ConfigEdit(
      ConfigKey key,
      Kind kind,
      String text,
      long rollbackTo,
      OptionalLong expected,
      @Nullable LockGrant grant,
      String reason,
      Optional<String> operator) {
    this.key = key;
    this.kind = kind;
    this.text = text;
    this.rollbackTo = rollbackTo;
    this.expected = expected;
    this.grant = grant;
    this.reason = reason;
    this.operator = operator;
  }

  private static ConfigEdit of(ConfigKey key, Kind kind, String text, long rollbackTo) {
    return new ConfigEdit(
        key, kind, text, rollbackTo, OptionalLong.empty(), null, "", Optional.empty());
  }

  /**
   * Sets a text that anybody may see.
   *
   * @throws IllegalArgumentException if it is larger than {@link #LARGEST_VALUE}, is no Unicode
   *     text, or is a secret by its name ({@code db.password}) or its form (a private key)
   */
  public static ConfigEdit set(ConfigKey key, String text) {
    SecretNames.check(key, text);
    return of(key, Kind.PLAIN, checked(key, text), 0);
  }

  /**
   * Sets a secret: it is encrypted before it leaves this process.
   *
   * @throws IllegalArgumentException if it is larger than {@link #LARGEST_VALUE} or no Unicode text
   */
  public static ConfigEdit setSecret(ConfigKey key, String text) {
    return of(key, Kind.SECRET, checked(key, text), 0);
  }

  /** Deletes the setting. Its history stays. */
  public static ConfigEdit delete(ConfigKey key) {
    return of(key, Kind.DELETE, "", 0);
  }

  /** Sets again what an earlier version in the history has; that makes a new version. */
  public static ConfigEdit rollback(ConfigKey key, long version) {
    if (version < 1) {
      throw new IllegalArgumentException("versions count from 1: " + version);
    }
    return of(key, Kind.ROLLBACK, "", version);
  }

  private static String checked(ConfigKey key, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException("the value of " + key + " is no Unicode text");
    }
    int size = text.getBytes(StandardCharsets.UTF_8).length;
    if (size > LARGEST_VALUE) {
      throw new IllegalArgumentException(
          "the value of " + key + " has " + size + " bytes, and may have " + LARGEST_VALUE);
    }
    return text;
  }

  /** Only if the setting is at this version, deleted or not; 0 if it has never been set. */
  public ConfigEdit ifVersion(long version) {
    if (version < 0) {
      throw new IllegalArgumentException("versions count from 1: " + version);
    }
    return new ConfigEdit(
        key, kind, text, rollbackTo, OptionalLong.of(version), grant, reason, operator);
  }

  /**
   * Only while the lock is held, in the cluster and not only in this process's belief: the edit of
   * a holder that has been succeeded is refused, however late it arrives.
   *
   * @param held of the same namespace; any coordinator will do
   */
  public ConfigEdit under(LockGrant held) {
    return new ConfigEdit(key, kind, text, rollbackTo, expected, held, reason, operator);
  }

  /** Says why, for the history; shortened to 200 characters. No secrets. */
  public ConfigEdit because(String why) {
    return new ConfigEdit(
        key, kind, text, rollbackTo, expected, grant, VersionCodec.shortened(why), operator);
  }

  /**
   * Adds an entry to the audit trail of the namespace in the same step; see {@link
   * io.holdfast.admin.AuditTrail}.
   *
   * @param name of the person who does it
   */
  public ConfigEdit byOperator(String name) {
    return new ConfigEdit(key, kind, text, rollbackTo, expected, grant, reason, Optional.of(name));
  }

  /** The setting. */
  public ConfigKey key() {
    return key;
  }

  Kind kind() {
    return kind;
  }

  String text() {
    return text;
  }

  long rollbackTo() {
    return rollbackTo;
  }

  OptionalLong expected() {
    return expected;
  }

  Optional<LockGrant> grant() {
    return Optional.ofNullable(grant);
  }

  String reason() {
    return reason;
  }

  Optional<String> operator() {
    return operator;
  }

  /** Without the value. */
  @Override
  public String toString() {
    return kind + " " + key;
  }
}
