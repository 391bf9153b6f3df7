package io.holdfast.coordination;

/**
 * The cluster takes no more writes, since its store is full. It was not done. Trying again changes
 * nothing until somebody makes room; the message says how. What is held stays held, and letting go
 * of it works.
 */
public final class StoreFullException extends UnavailableException {

  private static final long serialVersionUID = 1;

  /** With what happened, what to do, and what it came from. */
  public StoreFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
