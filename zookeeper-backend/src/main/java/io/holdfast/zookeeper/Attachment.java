package io.holdfast.zookeeper;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether the session is attached to a server, and who wants to go on when it is.
 *
 * <p>What was lost with a connection is looked for on the next one. Used in the context only.
 */
final class Attachment {

  private final List<Runnable> waiting = new ArrayList<>();
  private final List<Runnable> always = new ArrayList<>();
  private final List<Runnable> losses = new ArrayList<>();
  private boolean attached = true;

  /** Runs {@code task} once: now if attached, or else as soon as it is. */
  void whenAttached(Runnable task) {
    if (attached) {
      task.run();
    } else {
      waiting.add(task);
    }
  }

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
    attached = false;
    losses.forEach(Runnable::run);
  }

  void reconnected() {
    attached = true;
    List<Runnable> now = new ArrayList<>(always);
    now.addAll(waiting);
    waiting.clear();
    now.forEach(Runnable::run);
  }
}
