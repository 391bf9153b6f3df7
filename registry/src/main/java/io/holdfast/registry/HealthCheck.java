package io.holdfast.registry;

import io.holdfast.registry.internal.health.HttpCheck;
import io.holdfast.registry.internal.health.TcpCheck;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/**
 * Finds out whether an instance can serve. Runs of one check never overlap. An exception or a
 * failed stage counts as unhealthy.
 */
@FunctionalInterface
public interface HealthCheck {

  /**
   * Begins one run, on a thread that all checks of the registry share: must not block.
   *
   * @return true if healthy. If it takes longer than {@link HealthPolicy#timeout} the run counts as
   *     failed, and a {@link CompletableFuture} is cancelled; the next begins when it has completed
   */
  CompletionStage<Boolean> run();

  /** Healthy if a TCP connection can be made. */
  static HealthCheck tcp(String host, int port) {
    return new TcpCheck(host, port);
  }

  /** Healthy if a GET is answered with a status from 200 to 299. Redirects are not followed. */
  static HealthCheck http(URI uri) {
    return http(uri, status -> status >= 200 && status <= 299);
  }

  /** Healthy if a GET is answered with a status that is {@code expected}. */
  static HealthCheck http(URI uri, IntPredicate expected) {
    return new HttpCheck(uri, expected);
  }

  /** Healthy if {@code function} says so, which may block {@code executor}'s threads. */
  static HealthCheck blocking(BooleanSupplier function, Executor executor) {
    // Cancelling a minimal stage is impossible: the function itself has to come to its end.
    return () ->
        CompletableFuture.supplyAsync(function::getAsBoolean, executor).minimalCompletionStage();
  }
}
