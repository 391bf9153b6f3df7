package io.holdfast.transaction;

/**
 * A transaction has ended so long ago that the cluster has forgotten how. All of its branches have
 * ended alike.
 */
public final class OutcomeForgottenException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what to do. */
  public OutcomeForgottenException(String message) {
    super(message);
  }
}
