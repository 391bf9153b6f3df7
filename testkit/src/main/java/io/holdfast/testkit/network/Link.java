package io.holdfast.testkit.network;

import java.time.Duration;

/**
 * The way between a client and a server, or between two servers. What a kind of link cannot do
 * throws {@link UnsupportedOperationException}.
 */
public interface Link {

  /** Which way something goes. */
  enum Direction {
    /** From the client, or the first server, to the other. */
    REQUESTS,
    /** The other way. */
    REPLIES
  }

  /** From now on nothing passes this way; connections stay open, as when packets are dropped. */
  void cut(Direction direction);

  /** From now on everything takes {@code delay} longer, each way. */
  void delay(Duration delay);

  /** From now on so many of a hundred packets are dropped, each way. */
  void lose(int percent);

  /** Breaks the connections that are open. New ones may be made. */
  void reset();

  /**
   * From now on everything passes at once. Connections on which something was lost are broken:
   * bytes that are gone cannot be sent again.
   */
  void heal();

  /** How much was held up, delayed or cut off since the last {@link #heal}; zero if nothing. */
  long hurt();

  /** How many connections {@link #reset} broke since the last {@link #heal}. */
  int broken();
}
