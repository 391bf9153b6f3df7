package io.holdfast.zookeeper.internal.client;

import java.util.ArrayList;
import java.util.List;

/**
 * Who wants to know when the session is attached to a server anew, or no longer.
 *
 * <p>What was lost with a connection is looked for on the next one. Used in the context only.
 */
public final class ConnectionObservers {

  private final List<Runnable> always = new ArrayList<>();
  private final List<Runnable> losses = new ArrayList<>();

  /**
   * Runs {@code task} at every new attachment.
   *
   * @return stops it
   */
  public Runnable atEveryAttachment(Runnable task) {
    always.add(task);
    return () -> always.remove(task);
  }

  /** Runs {@code task} whenever the connection is lost. */
  public void atEveryDetachment(Runnable task) {
    losses.add(task);
  }

  public void disconnected() {
    losses.forEach(Runnable::run);
  }

  public void reconnected() {
    List.copyOf(always).forEach(Runnable::run);
  }
}
