package io.holdfast.payment.metrics;

/** How a client's request was answered. */
public enum Outcome {
  /** Done by this request. */
  DONE,
  /** For good: by the operation, or since it may not be asked. */
  REFUSED,
  /** The stored answer of an earlier request. */
  REPLAYED,
  /** The same is under way: nothing was done. */
  IN_FLIGHT,
  /** It may have been done. */
  UNKNOWN,
  /** Nothing was done: no owner, or no database. */
  UNAVAILABLE,
  /** Nothing was done: too much waits or it waited too long, or the caller asks too often. */
  SATURATED
}
