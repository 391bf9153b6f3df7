package io.holdfast.transaction.outbox;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Something to be told to others.
 *
 * @param id the same at every delivery of this message, and of no other: receivers drop what they
 *     have seen
 * @param topic what it is about, such as {@code transfers}: 1 to 100 of letters, digits and {@code
 *     . _ / -}
 * @param key messages of one key are delivered in the order in which their transactions committed;
 *     without a key there is no order. 1 to 200 characters, none of them for control, no space at
 *     either end
 * @param body text, JSON for instance; at most {@value #LONGEST_BODY} characters, and none that
 *     UTF-8 or a database cannot hold
 * @param created when it was made, by the clock of who made it, to the millisecond
 */
public record Message(UUID id, String topic, Optional<String> key, String body, Instant created) {

  /** The longest body. Put larger things elsewhere and send where they are. */
  public static final int LONGEST_BODY = 1_000_000;

  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._/-]{1,100}");
  private static final Pattern KEY = Pattern.compile("\\P{Cntrl}{1,200}");

  public Message {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(created, "created");
    if (!TOPIC.matcher(topic).matches()) {
      throw new IllegalArgumentException(
          "not a topic: '" + topic + "'; it has 1 to 100 letters, digits and . _ / -");
    }
    if (key.isPresent() && !isKey(key.get())) {
      throw new IllegalArgumentException(
          "not a key: 1 to 200 characters, none for control, no space at either end");
    }
    if (body.length() > LONGEST_BODY) {
      throw new IllegalArgumentException(
          "a body has at most " + LONGEST_BODY + " characters, not " + body.length());
    }
    if (body.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(body)) {
      throw new IllegalArgumentException("a body holds no NUL and no half of a surrogate pair");
    }
    created = created.truncatedTo(ChronoUnit.MILLIS);
  }

  private static boolean isKey(String text) {
    return KEY.matcher(text).matches()
        && text.strip().equals(text)
        && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /** A new message in the order of its key. */
  public static Message keyed(String topic, String key, String body) {
    Objects.requireNonNull(key, "key");
    return new Message(UUID.randomUUID(), topic, Optional.of(key), body, Instant.now());
  }

  /** A new message in no order. */
  public static Message unordered(String topic, String body) {
    return new Message(UUID.randomUUID(), topic, Optional.empty(), body, Instant.now());
  }
}
