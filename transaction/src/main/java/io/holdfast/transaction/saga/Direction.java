package io.holdfast.transaction.saga;

/** Which way a saga goes. */
public enum Direction {
  /** Step by step to its end. */
  FORWARD,
  /** Back to its beginning, compensating what was done, the last first. */
  COMPENSATING
}
