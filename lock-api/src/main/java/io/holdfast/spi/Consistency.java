package io.holdfast.spi;

/** How fresh a read has to be. */
public enum Consistency {
  /**
   * Holds every change that was acknowledged to anyone before the read began. Costs a word with the
   * leader.
   */
  LINEARIZABLE,
  /** What the connected server has; may lag, but never behind what this session has seen. */
  SEQUENTIAL
}
