package io.holdfast.coordination;

/** An operation on the cluster failed. The subclasses say what is known about its effect. */
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
