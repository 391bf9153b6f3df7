package io.holdfast.coordination;

/** A guard of the transaction did not hold, so nothing was written. */
public final class GuardFailedException extends CoordinationException {

  private static final long serialVersionUID = 1;

  /** With what happened and what to do. */
  public GuardFailedException(String message) {
    super(message);
  }

  /** With what happened, what to do, and what it came from. */
  public GuardFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
