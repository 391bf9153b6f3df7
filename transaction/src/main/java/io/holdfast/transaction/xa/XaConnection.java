package io.holdfast.transaction.xa;

import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

/**
 * A connection to a resource, with the {@link XAResource} that goes with it.
 *
 * @param <C> what work is done with: a {@code java.sql.Connection}, a JMS session
 */
public interface XaConnection<C> extends AutoCloseable {

  /** Opens connections. */
  @FunctionalInterface
  interface Source<C> {

    /**
     * Opens one. Blocks.
     *
     * @throws XAException if the resource cannot be reached
     */
    XaConnection<C> open() throws XAException;
  }

  /** Belongs to this connection alone. */
  XAResource resource();

  /** What the work of a branch is done with, between the start and the end of the branch. */
  C session();

  /** A text that distinguishes the server from any other that may replace it. Empty by default. */
  default String server() {
    return "";
  }

  /**
   * Called before each branch: what it does and waits for shall end by itself after that time.
   * Nothing by default.
   *
   * @throws XAException if the connection is not usable
   */
  default void limit(long millis) throws XAException {}

  /**
   * Whether it may be used for another branch, after having been idle for that long. True by
   * default.
   */
  default boolean isFresh(long idleMillis) {
    return true;
  }

  /** Closes it, whatever it is at. Never throws. */
  @Override
  void close();
}
