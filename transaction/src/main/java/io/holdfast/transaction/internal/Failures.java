package io.holdfast.transaction.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Calls of code of others, and what they fail with. */
public final class Failures {

  /** As much of a message as is kept and shown. */
  private static final int LONGEST = 500;

  /** What some database or terminal does not take in a text: others may have had a hand in it. */
  private static final Pattern UNFIT = Pattern.compile("[\\p{Cc}\\p{Cs}]");

  private static final String NO_REASON = "no reason given";

  private Failures() {}

  /** A call that may throw, or give no stage at all, where it should give a stage that fails. */
  public static <T> CompletableFuture<T> guarded(
      Supplier<? extends @Nullable CompletionStage<T>> call) {
    try {
      CompletionStage<T> stage = call.get();
      return stage == null
          ? CompletableFuture.failedFuture(new IllegalStateException("gave no stage"))
          : stage.toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** The same, made by another's thread: code of others is not to hold up a context. */
  public static <T> CompletableFuture<T> guarded(
      Executor caller, Supplier<? extends @Nullable CompletionStage<T>> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    caller.execute(
        () ->
            guarded(call)
                .whenComplete(
                    (value, failure) -> {
                      if (failure == null) {
                        result.complete(value);
                      } else {
                        result.completeExceptionally(failure);
                      }
                    }));
    return result;
  }

  /** What went wrong, in one short line. */
  public static String text(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause == null) {
      return NO_REASON;
    }
    String message = cause.getMessage();
    return shortened(cause.getClass().getSimpleName() + (message == null ? "" : ": " + message));
  }

  /** At most as long as is kept, and fit to be stored. Null, as exceptions have it, is told so. */
  public static String shortened(@Nullable String text) {
    if (text == null) {
      return NO_REASON;
    }
    String kept = text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    return UNFIT.matcher(kept).replaceAll(" ");
  }
}
