package io.holdfast.zookeeper.internal.client;

import java.util.Optional;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

/** Holds the ZooKeeper handle of one session: {@link OwnClient} or {@link ApplicationClient}. */
public interface Client {

  /** Starts to look for a server. Does not block. {@code events} is called in the context. */
  void open(Connection.Events events);

  /** The handle, always the same one. There is one from the first connection on. */
  ZooKeeper handle();

  /** True if the session began with {@link #open} and ends with {@link #close}. */
  boolean ownsSession();

  /** How many bytes of an answer do not break the connection. */
  int longestAnswer();

  /** What it takes to end the session later, if {@link #close} cannot reach a server. */
  Optional<AbandonedSessions.Leftover> leftover();

  /**
   * A node of the session's is asked for, or was made; the server may put a number behind its name.
   *
   * @return true if it has to be told to {@link #absent} when the request is refused
   */
  default boolean creating(String path) {
    return false;
  }

  /** A node of the session's was deleted, or was not created. */
  default void absent(String path) {}

  /** A watch is asked for that tells once. Returns the watcher to give to ZooKeeper. */
  default Watcher watchingOnce(String path, Watcher watcher) {
    return watcher;
  }

  /** A watch is asked for that lasts. */
  default void watching(String path) {}

  /** Ends what the session has at the server. May block long: for a thread of its own. */
  void close();
}
