package io.holdfast.lock.internal.queue;

import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits that an interrupt does not end; the interrupt flag stays set for the caller. */
final class Uninterrupted {

  private Uninterrupted() {}

  /** Otherwise as {@link CompletableFuture#get(long, TimeUnit)}. */
  static <T> T get(CompletableFuture<T> outcome, Duration bound)
      throws ExecutionException, TimeoutException {
    long end = System.nanoTime() + Durations.nanos(bound);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return outcome.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
