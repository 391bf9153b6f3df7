package io.holdfast.transaction.tcc;

/** How far a branch has come at its participant. */
public enum BarrierState {
  /** It has reserved what it needs, and waits for the decision. */
  TRIED,
  /** Final. */
  CONFIRMED,
  /** Final: undone, or never tried and never to be. */
  CANCELLED
}
