package io.holdfast.lock.internal.queue;

import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits that an interrupt does not end: it is kept for the caller to see. */
final class Uninterrupted {

  private Uninterrupted() {}

  /** As {@link CompletableFuture#get(long, TimeUnit)} otherwise. */
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
