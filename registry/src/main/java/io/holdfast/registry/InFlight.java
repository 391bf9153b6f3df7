package io.holdfast.registry;

import io.holdfast.registry.internal.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the requests that this process is serving, so that it can wait for the last one before it
 * closes its port. Safe for use by many threads.
 *
 * <pre>{@code
 * try (InFlight.Request request = inFlight.begin()) {
 *   serve();
 * }
 * ...
 * DrainResult drained = registration.drain(Duration.ofSeconds(30)).join();
 * inFlight.awaitIdle(Duration.ofSeconds(10));
 * server.close();
 * }</pre>
 */
public final class InFlight {

  private final AtomicLong count = new AtomicLong();

  /** Guarded by itself. */
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();

  /** A request that is being served, until it is closed. Idempotent. */
  public interface Request extends AutoCloseable {
    @Override
    void close();
  }

  /** Counts a request until it is closed. Costs one atomic increment. */
  public Request begin() {
    count.incrementAndGet();
    AtomicBoolean ended = new AtomicBoolean();
    return () -> {
      if (ended.compareAndSet(false, true) && count.decrementAndGet() == 0) {
        idle();
      }
    };
  }

  /** How many requests are being served. */
  public long count() {
    return count.get();
  }

  /**
   * Completes when none is being served: now, or when the last one ends. More may begin after that.
   */
  public CompletableFuture<Void> whenIdle() {
    CompletableFuture<Void> idle = new CompletableFuture<>();
    synchronized (waiting) {
      waiting.add(idle);
    }
    if (count.get() == 0) {
      idle();
    }
    return idle;
  }

  /**
   * Waits until none is being served.
   *
   * @return false if {@code atMost} passed first
   * @throws InterruptedException if interrupted
   */
  public boolean awaitIdle(Duration atMost) throws InterruptedException {
    return Waiting.upTo(atMost, whenIdle());
  }

  private void idle() {
    List<CompletableFuture<Void>> served;
    synchronized (waiting) {
      served = List.copyOf(waiting);
      waiting.clear();
    }
    served.forEach(one -> one.complete(null));
  }
}
