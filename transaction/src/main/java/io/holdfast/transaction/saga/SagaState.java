package io.holdfast.transaction.saga;

/** How a saga stands. */
public enum SagaState {
  /** Some process sees to it, in either direction. */
  RUNNING,
  /** Nobody does until an operator says so. */
  PARKED,
  /** All steps are done. */
  COMPLETED,
  /** A step was refused, or time was up, and all that was done is compensated. */
  COMPENSATED;

  /** If nothing will change any more. */
  public boolean isEnd() {
    return this == COMPLETED || this == COMPENSATED;
  }
}
