package io.holdfast.spi;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.UnavailableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What can be read of a cluster, with a {@link Session} or without.
 *
 * <p>Futures complete in the backend's context; no method blocks, {@link #close} apart.
 */
public interface ReadAccess extends AutoCloseable {

  /**
   * Reads the keys directly below a directory. A directory that does not exist is empty.
   *
   * @return fails with {@link UnavailableException} or {@link SessionLostException}
   */
  CompletableFuture<Snapshot> list(Key directory, Consistency consistency);

  /**
   * Names what is directly below a directory, keys and directories alike, sorted. Directories with
   * nothing in them may or may not be named.
   *
   * @return fails with {@link UnavailableException} or {@link SessionLostException}
   */
  CompletableFuture<List<String>> names(Key directory, Consistency consistency);

  /**
   * How a place is held, read from its name, foreign ones included; {@link Claim#EXCLUSIVE} where
   * the name tells nothing.
   *
   * @param place the last segment of the place's key, as {@link #names} and {@link #list} give it
   */
  String modeOf(String place);

  /**
   * Whether a name in a queue has the form of a place, foreign ones included: later places stand
   * behind it, whatever its value. Any other entry there has no meaning for the queue.
   *
   * @param name the last segment of a key, as {@link #names} and {@link #list} give it
   */
  default boolean isPlace(String name) {
    return true;
  }

  /** The key as the store's own tools would be given it. */
  String nativePath(Key key);

  /** Ends it. Idempotent. */
  @Override
  void close();
}
