package io.holdfast.http;

import io.holdfast.loadbalancer.Pick;
import io.holdfast.spi.Durations;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** One instance that was asked, and its answer to come. Two tries are never equal. */
final class CallAttempt<T> {

  private final Pick pick;
  private final CompletableFuture<HttpResponse<T>> exchange;
  private final LongSupplier clock;
  private final long began;

  /**
   * A try that begins now.
   *
   * @param clock in nanoseconds, as {@link System#nanoTime} is
   */
  CallAttempt(Pick pick, CompletableFuture<HttpResponse<T>> exchange, LongSupplier clock) {
    this.pick = pick;
    this.exchange = exchange;
    this.clock = clock;
    this.began = clock.getAsLong();
  }

  Pick pick() {
    return pick;
  }

  CompletableFuture<HttpResponse<T>> exchange() {
    return exchange;
  }

  /** True if it was under way for half of {@code time} at least. */
  boolean hadHalf(Duration time) {
    return clock.getAsLong() - began >= Durations.nanos(time) / 2;
  }

  /** Ends it, without a word about the instance. */
  void drop() {
    pick.close();
    exchange.cancel(true);
  }

  /** Ends it; the instance is to blame. */
  void fail() {
    pick.failure();
    exchange.cancel(true);
  }

  /** Ends it, for {@code winner} was answered before. The one that began later may be as fast. */
  void loseTo(CallAttempt<?> winner) {
    if (began - winner.began < 0) {
      pick.outpaced();
    } else {
      pick.close();
    }
    exchange.cancel(true);
  }
}
