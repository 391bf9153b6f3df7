package io.holdfast.chaos.fault;

import java.time.Duration;

/**
 * A session that was taken from a client by others, while nothing was wrong with the client: until
 * it hears of it, it cannot know, and what it believes to hold may be another's.
 *
 * @param client whose
 * @param from before this it still had its session; {@link System#nanoTime}, as is the next
 * @param to after this it has heard
 */
public record RevokedSession(String client, long from, long to) {

  /** How long after the end of a session its client has heard of it. */
  static final Duration TO_HEAR = Duration.ofSeconds(2);
}
