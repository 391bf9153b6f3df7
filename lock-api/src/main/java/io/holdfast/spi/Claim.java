package io.holdfast.spi;

import io.holdfast.coordination.Key;
import java.util.regex.Pattern;

/**
 * A wish to stand in a queue.
 *
 * @param queue the directory that is the queue
 * @param mode how the holder will use what the queue guards: 1 to 20 of {@code a-z}, {@code 0-9}.
 *     It is kept in the name of the place, so that everyone behind can read it from a listing
 * @param shown which of those ahead a look at the place has to show
 */
public record Claim(Key queue, String mode, Shown shown) {

  /** Which of those ahead of a place a look has to show. */
  public enum Shown {
    /** All of them. */
    EVERYBODY,
    /**
     * The two nearest, or more: the one to wait for, and whether that one is the only one. What
     * this costs does not grow with the queue.
     */
    NEAREST
  }

  /** How many of those ahead {@link Shown#NEAREST} has to show, if there are as many. */
  public static final int NEAREST_SHOWN = 2;

  /** Alone. The only mode that foreign lock implementations with one kind of lock have. */
  public static final String EXCLUSIVE = "lock";

  private static final Pattern MODE = Pattern.compile("[a-z0-9]{1,20}");

  public Claim {
    if (!MODE.matcher(mode).matches()) {
      throw new IllegalArgumentException("a mode is 1 to 20 of a-z and 0-9: " + mode);
    }
  }

  /** A claim that wants to be shown everybody ahead. */
  public Claim(Key queue, String mode) {
    this(queue, mode, Shown.EVERYBODY);
  }

  /** A claim to have it alone, shown everybody ahead. */
  public static Claim exclusive(Key queue) {
    return new Claim(queue, EXCLUSIVE);
  }

  /** The same claim, shown only the nearest of those ahead. */
  public Claim showingNearest() {
    return new Claim(queue, mode, Shown.NEAREST);
  }
}
