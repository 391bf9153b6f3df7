package io.holdfast.lock.internal.queue;

import java.util.concurrent.CompletableFuture;

/**
 * The lock is taken, and the request is a {@code tryAcquire}. It never reaches an application. It
 * has no stack trace, because it must be cheap.
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
