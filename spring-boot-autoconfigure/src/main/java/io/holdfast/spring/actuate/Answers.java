package io.holdfast.spring.actuate;

import io.holdfast.coordination.UnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the cluster's answers, with a bound. */
final class Answers {

  private Answers() {}

  /**
   * The answer.
   *
   * @throws UnavailableException if there is none in time
   */
  static <T> T within(Duration patience, CompletableFuture<T> answer) {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new UnavailableException(
          "the cluster did not answer within " + patience.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new UnavailableException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted", e);
    }
  }
}
