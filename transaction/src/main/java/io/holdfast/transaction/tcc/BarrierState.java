package io.holdfast.transaction.tcc;

/** How far a branch has come at its participant. */
public enum BarrierState {
  /** It has reserved what it needs, and waits for the decision. */
  TRIED,
  /** The same, and it has heard that all others have, too. In three phases only. */
  PRECOMMITTED,
  /** Final. */
  CONFIRMED,
  /** Final: undone, or never tried and never to be. */
  CANCELLED
}
