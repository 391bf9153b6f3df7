package io.holdfast.coordination;

/** The cluster did not do it, and will not: it can be tried again. */
public final class UnavailableException extends CoordinationException {

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
