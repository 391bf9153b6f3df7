package io.holdfast.coordination;

/**
 * The cluster accepts no more writes, because its store is full. The request had no effect. Trying
 * again is useless until somebody makes room; the message says how. Locks that are held stay held,
 * and can be released.
 */
public final class StoreFullException extends UnavailableException {

  private static final long serialVersionUID = 1;

  /** With what happened, what to do, and what it came from. */
  public StoreFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
