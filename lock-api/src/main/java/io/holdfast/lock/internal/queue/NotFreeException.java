package io.holdfast.lock.internal.queue;

import java.util.concurrent.CompletableFuture;

/**
 * The lock is taken, and who asked does not wait for it. It never reaches an application, and does
 * not know where it was made: it has to cost nothing.
 */
public final class NotFreeException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public NotFreeException() {
    super("not free", null, false, false);
  }

  /** An outcome that failed so. */
  public static <T> CompletableFuture<T> outcome() {
    return CompletableFuture.failedFuture(new NotFreeException());
  }
}
