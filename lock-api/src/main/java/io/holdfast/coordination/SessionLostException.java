package io.holdfast.coordination;

/**
 * The session is over. The operation took no effect that outlives the session, unless the method
 * says otherwise.
 */
public final class SessionLostException extends CoordinationException {

  private static final long serialVersionUID = 1;

  /** With what happened and what to do. */
  public SessionLostException(String message) {
    super(message);
  }

  /** With what happened, what to do, and what it came from. */
  public SessionLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
