package io.holdfast.registry.internal;

import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Thin, bounded waits on futures. */
public final class Waiting {

  private Waiting() {}

  /** True if the future completed normally in time; false if it failed or time passed. */
  public static boolean upTo(Duration bound, CompletableFuture<?> future)
      throws InterruptedException {
    try {
      future.get(Durations.nanos(bound), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException | CancellationException e) {
      return false;
    }
  }

  /** Like {@link #upTo}; an interrupt ends the wait and is kept for the caller to see. */
  public static boolean upToUninterrupted(Duration bound, CompletableFuture<?> future) {
    try {
      return upTo(bound, future);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
