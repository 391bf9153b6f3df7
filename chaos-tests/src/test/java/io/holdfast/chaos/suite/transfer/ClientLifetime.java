package io.holdfast.chaos.suite.transfer;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How long a client lives, and how slowly: at every step of a commit it may be held up, or die.
 * Whoever is dead does and hears nothing any more.
 */
final class ClientLifetime {

  private static final int MOST_MILLIS = 250;

  private final Random random;
  private final int held;
  private final int deadly;
  private final CompletableFuture<Void> death = new CompletableFuture<>();

  /**
   * One that begins.
   *
   * @param held so many of a thousand steps are held up
   * @param deadly so many of a thousand are the last
   */
  ClientLifetime(long seed, int held, int deadly) {
    this.random = new Random(seed);
    this.held = held;
    this.deadly = deadly;
  }

  /** If nothing happens to it. */
  boolean isSafe() {
    return held + deadly == 0;
  }

  boolean isOver() {
    return death.isDone();
  }

  /** Ends it. */
  void end() {
    death.complete(null);
  }

  /** Completes with its end. */
  CompletableFuture<Void> death() {
    return death;
  }

  /** A step; it may never be done, or nobody hear of it. */
  <T> CompletionStage<T> step(Supplier<CompletionStage<T>> step) {
    return passed()
        .thenCompose(before -> step.get())
        .thenCompose(done -> passed().thenApply(after -> done));
  }

  private CompletableFuture<Void> passed() {
    int draw;
    long pause;
    synchronized (random) {
      draw = random.nextInt(1_000);
      pause = random.nextInt(MOST_MILLIS);
    }
    if (draw < deadly) {
      end();
    }
    if (isOver()) {
      return new CompletableFuture<>();
    }
    if (draw < deadly + held) {
      return CompletableFuture.runAsync(
              () -> {}, CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS))
          .thenCompose(later -> isOver() ? new CompletableFuture<Void>() : done());
    }
    return done();
  }

  private static CompletableFuture<Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  /** How long a client waits before it lives again. */
  static final Duration BETWEEN = Duration.ofMillis(200);
}
