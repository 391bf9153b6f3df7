package io.holdfast.lock;

/**
 * An operator took the place of one who waited out of a lock's queue, to break a deadlock for
 * instance. Nothing is left in any queue. A place that threads of a process share stands for all of
 * them, so each that waits fails. Give up what you were about to do, and the locks that you hold
 * for it, rather than wait again: else the operator's work was in vain.
 */
public final class RemovedFromQueueException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String by;
  private final String reason;

  public RemovedFromQueueException(String locks, String by, String reason) {
    super(
        "lock %s: %s removed us from the queue, reason: %s; do not simply wait again"
            .formatted(locks, by, reason));
    this.by = by;
    this.reason = reason;
  }

  /** Who did it: name, host and process. */
  public String by() {
    return by;
  }

  /** Why, as they gave it. */
  public String reason() {
    return reason;
  }
}
