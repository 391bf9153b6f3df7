package io.holdfast.payment.security;

/** Ends the handling of a request that is turned away. */
public final class DeniedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Denial denial;

  DeniedException(Denial denial) {
    super(denial.code() + ": " + denial.detail(), null, false, false);
    this.denial = denial;
  }

  /** What to answer. */
  public Denial denial() {
    return denial;
  }
}
