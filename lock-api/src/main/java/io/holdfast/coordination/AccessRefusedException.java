package io.holdfast.coordination;

/**
 * The cluster refused us, or we refused the cluster: a wrong password, no permission, a certificate
 * that one side does not trust, TLS on one side only. The request had no effect. Trying again is
 * useless until somebody changes credentials, certificates or permissions. The message says what to
 * do and holds no secret.
 */
public final class AccessRefusedException extends CoordinationException {

  private static final long serialVersionUID = 1;

  /** With what happened and what to do. */
  public AccessRefusedException(String message) {
    super(message);
  }

  /** With what happened, what to do, and what it came from. */
  public AccessRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
