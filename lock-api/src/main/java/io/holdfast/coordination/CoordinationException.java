package io.holdfast.coordination;

/**
 * What went wrong between this process and the cluster. The subclasses say what is known about the
 * effect.
 */
public abstract sealed class CoordinationException extends RuntimeException
    permits UnavailableException,
        AccessRefusedException,
        UnreadableException,
        IndeterminateException,
        SessionLostException,
        GuardFailedException {

  private static final long serialVersionUID = 1;

  /** With what happened and what to do. */
  protected CoordinationException(String message) {
    super(message);
  }

  /** With what happened, what to do, and what it came from. */
  protected CoordinationException(String message, Throwable cause) {
    super(message, cause);
  }
}
