package io.holdfast.lock.internal.queue;

/** How a lock is asked for: whether to wait behind others, and whether a thread waits for it. */
public enum WaitForm {
  /** A thread waits its turn. */
  BLOCK,
  /** A thread waits for the answer, and never for others. */
  TRY,
  /** No thread waits: what hangs on the outcome may be code of others. */
  ASYNC
}
