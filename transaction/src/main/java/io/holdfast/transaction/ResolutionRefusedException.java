package io.holdfast.transaction;

/** A transaction cannot be resolved as an operator has asked; nothing was done. */
public final class ResolutionRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With why, and what to do instead. */
  public ResolutionRefusedException(String message) {
    super(message);
  }
}
