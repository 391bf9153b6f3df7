package io.holdfast.coordination;

import java.util.regex.Pattern;

/**
 * A wish to stand in a queue.
 *
 * @param queue the directory that is the queue
 * @param mode how the holder will use what the queue guards: 1 to 20 of {@code a-z}, {@code 0-9}.
 *     It is kept in the name of the place, so that everyone behind can read it from a listing
 */
public record Claim(Key queue, String mode) {

  /** Alone. The only mode that foreign lock implementations with one kind of lock have. */
  public static final String EXCLUSIVE = "lock";

  private static final Pattern MODE = Pattern.compile("[a-z0-9]{1,20}");

  public Claim {
    if (!MODE.matcher(mode).matches()) {
      throw new IllegalArgumentException("a mode is 1 to 20 of a-z and 0-9: " + mode);
    }
  }

  /** A claim to have it alone. */
  public static Claim exclusive(Key queue) {
    return new Claim(queue, EXCLUSIVE);
  }
}
