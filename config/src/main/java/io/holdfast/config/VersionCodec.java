package io.holdfast.config;

import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a version: one line as {@link Owner#encode} makes it, with the attributes
 * {@code version}, {@code kind}, {@code edit}, {@code reason} and {@code token}; then the text or
 * the sealed secret.
 */
final class VersionCodec {

  /** A version, and the id of the edit that wrote it. */
  record Stored(ConfigVersion version, String edit) {}

  private static final String VERSION = "version";
  private static final String KIND = "kind";
  private static final String EDIT = "edit";
  private static final String REASON = "reason";
  private static final String TOKEN = "token";
  private static final int LONGEST_REASON = 200;

  private enum Kind {
    PLAIN,
    SECRET,
    DELETED
  }

  private VersionCodec() {}

  static Payload encode(ConfigVersion version, String edit) {
    Kind kind =
        version
            .value()
            .map(value -> value.isSecret() ? Kind.SECRET : Kind.PLAIN)
            .orElse(Kind.DELETED);
    Map<String, String> attributes = new HashMap<>();
    attributes.put(VERSION, Long.toString(version.version()));
    attributes.put(KIND, kind.name());
    attributes.put(EDIT, edit);
    attributes.put(REASON, version.reason());
    version.token().ifPresent(token -> attributes.put(TOKEN, token));
    Owner by = version.by().since(version.at()).with(attributes);
    return Payload.utf8(
        by.encode().text() + "\n" + version.value().map(ConfigValue::stored).orElse(""));
  }

  /** Empty if it is no version. */
  static Optional<Stored> decode(ConfigKey key, Payload payload, Revision revision, KeyRing keys) {
    String whole = text(payload);
    int end = whole == null ? -1 : whole.indexOf('\n');
    if (whole == null || end < 0) {
      return Optional.empty();
    }
    String body = whole.substring(end + 1);
    return Owner.decode(Payload.utf8(whole.substring(0, end)))
        .flatMap(owner -> decode(key, owner, body, revision, keys));
  }

  private static Optional<Stored> decode(
      ConfigKey key, Owner owner, String body, Revision revision, KeyRing keys) {
    Map<String, String> rest = new HashMap<>(owner.attributes());
    String number = rest.remove(VERSION);
    String kind = rest.remove(KIND);
    String edit = rest.remove(EDIT);
    String reason = rest.remove(REASON);
    Optional<String> token = Optional.ofNullable(rest.remove(TOKEN));
    if (number == null || kind == null || edit == null) {
      return Optional.empty();
    }
    try {
      Kind known = Kind.valueOf(kind);
      if (known == Kind.SECRET && !SecretBox.isSealed(body)) {
        return Optional.empty();
      }
      Optional<ConfigValue> value =
          switch (known) {
            case PLAIN -> Optional.of(ConfigValue.plain(key, body));
            case SECRET -> Optional.of(ConfigValue.secret(key, body, keys));
            case DELETED -> Optional.empty();
          };
      Instant at = owner.since();
      Owner by = new Owner(owner.name(), owner.host(), owner.pid(), at, rest);
      ConfigVersion version =
          new ConfigVersion(
              key,
              Long.parseLong(number),
              value,
              by,
              at,
              reason == null ? "" : reason,
              token,
              revision);
      return Optional.of(new Stored(version, edit));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** So that the line of a version has a bound. */
  static String shortened(String reason) {
    String line = reason.replaceAll("\\p{Cntrl}", " ").strip();
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON);
  }

  private static @Nullable String text(Payload payload) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(payload.bytes()))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
