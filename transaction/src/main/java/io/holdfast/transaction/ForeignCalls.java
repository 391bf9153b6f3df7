package io.holdfast.transaction;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Calls of code of others, which may throw instead of returning a stage that fails. */
final class ForeignCalls {

  private ForeignCalls() {}

  static <T> CompletableFuture<T> of(Supplier<? extends CompletionStage<T>> call) {
    try {
      return call.get().toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
