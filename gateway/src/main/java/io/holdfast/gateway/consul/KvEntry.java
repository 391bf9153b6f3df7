package io.holdfast.gateway.consul;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.coordination.Payload;
import io.holdfast.spi.Entry;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A key and its value. A key that was deleted stays in the store as one that is gone, so that a
 * condition on its last change never holds for a later key of the same name.
 *
 * @param value Base64
 * @param flags the client's own
 * @param lockIndex how often it was locked
 * @param session that locked it; it may have ended
 * @param token the fencing token of that lock
 * @param gone whether it was deleted
 */
record KvEntry(
    String value,
    long flags,
    long lockIndex,
    Optional<String> session,
    Optional<String> token,
    boolean gone) {

  /** What is there before the first value. */
  static final KvEntry NONE = new KvEntry("", 0, 0, Optional.empty(), Optional.empty(), true);

  KvEntry withValue(String other, long otherFlags) {
    return new KvEntry(other, otherFlags, lockIndex, session, token, false);
  }

  KvEntry lockedBy(String id, String itsToken) {
    return new KvEntry(value, flags, lockIndex + 1, Optional.of(id), Optional.of(itsToken), false);
  }

  KvEntry unlocked() {
    return new KvEntry(value, flags, lockIndex, Optional.empty(), Optional.empty(), gone);
  }

  KvEntry deleted() {
    return new KvEntry("", 0, lockIndex, Optional.empty(), Optional.empty(), true);
  }

  Payload encode() {
    ObjectNode json = ConsulJson.MAPPER.createObjectNode();
    json.put("value", value).put("flags", flags).put("lockIndex", lockIndex).put("gone", gone);
    session.ifPresent(id -> json.put("session", id));
    token.ifPresent(text -> json.put("token", text));
    return Payload.utf8(json.toString());
  }

  /** What an entry of the store holds; gone if it cannot be read. */
  static KvEntry decode(Entry entry) {
    try {
      JsonNode json = ConsulJson.MAPPER.readTree(entry.payload().bytes());
      return new KvEntry(
          json.path("value").asText(),
          json.path("flags").asLong(),
          json.path("lockIndex").asLong(),
          text(json.path("session")),
          text(json.path("token")),
          json.path("gone").asBoolean(!json.has("value")));
    } catch (IOException e) {
      return NONE;
    }
  }

  private static Optional<String> text(JsonNode json) {
    return json.isTextual() ? Optional.of(json.asText()) : Optional.empty();
  }

  /** A key as one segment of ours. */
  static String encodeName(String key) {
    // The encoder leaves these as they are, and a segment may be neither "." nor "..".
    return URLEncoder.encode(key, StandardCharsets.UTF_8).replace(".", "%2E").replace("*", "%2A");
  }

  static String decodeName(String segment) {
    return URLDecoder.decode(segment, StandardCharsets.UTF_8);
  }
}
