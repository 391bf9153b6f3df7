package io.holdfast.coordination;

/** The request had no effect and will have none, so it can be tried again. */
public sealed class UnavailableException extends CoordinationException permits StoreFullException {

  private static final long serialVersionUID = 1;

  /** With what happened and what to do. */
  public UnavailableException(String message) {
    super(message);
  }

  /** With what happened, what to do, and what it came from. */
  public UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
