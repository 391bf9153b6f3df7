package io.holdfast.spi;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** For backends: what {@link CompletableFuture} makes longer than it need be. */
public final class Futures {

  private Futures() {}

  /**
   * Ends {@code to} as {@code from} ends, with the failure itself and not what it is wrapped in.
   */
  public static <T> void pass(CompletionStage<? extends T> from, CompletableFuture<T> to) {
    from.whenComplete(
        (value, failure) -> {
          if (failure == null) {
            to.complete(value);
          } else {
            to.completeExceptionally(unwrapped(failure));
          }
        });
  }

  /** Completes when all have; fails if one of them fails. */
  public static CompletableFuture<Void> all(Collection<? extends CompletableFuture<?>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new));
  }

  /** The failure without the {@link CompletionException} that a dependent future puts around it. */
  public static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
