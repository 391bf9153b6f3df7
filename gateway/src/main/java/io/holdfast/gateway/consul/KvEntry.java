package io.holdfast.gateway.consul;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.coordination.Payload;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Entry;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A key and its value. A key that was deleted stays in the store as one that is gone, so that a
 * condition on its last change never holds for a later key of the same name.
 *
 * @param value Base64
 * @param flags the client's own
 * @param lockIndex how often it was locked
 * @param lock by whom, until it is unlocked or deleted; stays when the session ends, so that every
 *     gateway knows the delay
 * @param gone whether it was deleted
 */
record KvEntry(String value, long flags, long lockIndex, Optional<Lock> lock, boolean gone) {

  /** What is there before the first value. */
  static final KvEntry NONE = new KvEntry("", 0, 0, Optional.empty(), true);

  /**
   * Who locked a key.
   *
   * @param session it may have ended
   * @param token the fencing token of the lock
   * @param delay for which nobody else locks it once the session has ended
   * @param delete whether the key is deleted when the session ends
   * @param ended whether somebody has noted that the session has ended
   */
  record Lock(String session, String token, Duration delay, boolean delete, boolean ended) {}

  /** The session that has locked it, if it was not noted that it has ended. */
  Optional<String> session() {
    return lock.filter(it -> !it.ended()).map(Lock::session);
  }

  KvEntry withValue(String other, long otherFlags) {
    return new KvEntry(other, otherFlags, lockIndex, lock, false);
  }

  KvEntry lockedBy(Lock by) {
    return new KvEntry(value, flags, lockIndex + 1, Optional.of(by), false);
  }

  KvEntry unlocked() {
    return new KvEntry(value, flags, lockIndex, Optional.empty(), gone);
  }

  /** Remembers the delay of a session that has ended. */
  KvEntry deleted() {
    return new KvEntry("", 0, lockIndex, lock.filter(Lock::ended), true);
  }

  /**
   * The session that has locked it has ended: it is unlocked or deleted, and remembers the delay.
   */
  KvEntry ended() {
    Optional<Lock> over =
        lock.map(it -> new Lock(it.session(), it.token(), it.delay(), it.delete(), true));
    return lock.filter(Lock::delete).isPresent()
        ? new KvEntry("", 0, lockIndex, over, true)
        : new KvEntry(value, flags, lockIndex, over, gone);
  }

  Payload encode() {
    ObjectNode json = ConsulJson.MAPPER.createObjectNode();
    json.put("value", value).put("flags", flags).put("lockIndex", lockIndex).put("gone", gone);
    lock.ifPresent(
        it ->
            json.putObject("lock")
                .put("session", it.session())
                .put("token", it.token())
                .put("delayMillis", Durations.millis(it.delay()))
                .put("delete", it.delete())
                .put("ended", it.ended()));
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
          lock(json.path("lock")),
          json.path("gone").asBoolean(!json.has("value")));
    } catch (IOException e) {
      return NONE;
    }
  }

  private static Optional<Lock> lock(JsonNode json) {
    return json.isObject()
        ? Optional.of(
            new Lock(
                json.path("session").asText(),
                json.path("token").asText(),
                Duration.ofMillis(json.path("delayMillis").asLong()),
                json.path("delete").asBoolean(),
                json.path("ended").asBoolean()))
        : Optional.empty();
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
