package io.holdfast.zookeeper;

import java.util.ArrayList;
import java.util.List;

/**
 * Who wants to know when the session is attached to a server anew, or no longer.
 *
 * <p>What was lost with a connection is looked for on the next one. Used in the context only.
 */
final class ConnectionObservers {

  private final List<Runnable> always = new ArrayList<>();
  private final List<Runnable> losses = new ArrayList<>();

  /**
   * Runs {@code task} at every new attachment.
   *
   * @return stops it
   */
  Runnable atEveryAttachment(Runnable task) {
    always.add(task);
    return () -> always.remove(task);
  }

  /** Runs {@code task} whenever the connection is lost. */
  void atEveryDetachment(Runnable task) {
    losses.add(task);
  }

  void disconnected() {
    losses.forEach(Runnable::run);
  }

  void reconnected() {
    List.copyOf(always).forEach(Runnable::run);
  }
}
