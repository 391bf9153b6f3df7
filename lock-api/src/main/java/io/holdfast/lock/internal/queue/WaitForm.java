package io.holdfast.lock.internal.queue;

/** The form of a request: whether it waits behind others, and whether a thread blocks. */
public enum WaitForm {
  /** A thread waits for its turn. */
  BLOCK,
  /** A thread waits for the answer, but never behind others. */
  TRY,
  /** No thread waits; foreign code may depend on the outcome. */
  ASYNC
}
