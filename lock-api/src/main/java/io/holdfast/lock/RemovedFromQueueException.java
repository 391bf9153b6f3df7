package io.holdfast.lock;

/**
 * An operator removed this waiter's place from a lock's queue, for example to break a deadlock.
 * Nothing is left in any queue. If threads of a process share the place, each of them that waits
 * fails. Do not wait again: abandon the work, and release the locks that you hold for it. Otherwise
 * the same deadlock may come back.
 */
public final class RemovedFromQueueException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String by;
  private final String reason;

  public RemovedFromQueueException(String locks, String by, String reason) {
    super(
        ("lock %s: %s removed this process from the queue, reason: %s; do not queue again,"
                + " release what you hold")
            .formatted(locks, by, reason));
    this.by = by;
    this.reason = reason;
  }

  /** The operator: name, host and process. */
  public String by() {
    return by;
  }

  /** The reason that the operator gave. */
  public String reason() {
    return reason;
  }
}
