package io.holdfast.coordination;

/**
 * The reply was lost, so it is <em>unknown</em> whether the request took effect. Read the state
 * before you act or try again.
 */
public final class IndeterminateException extends CoordinationException {

  private static final long serialVersionUID = 1;

  /** With what happened and what to do. */
  public IndeterminateException(String message) {
    super(message);
  }

  /** With what happened, what to do, and what it came from. */
  public IndeterminateException(String message, Throwable cause) {
    super(message, cause);
  }
}
