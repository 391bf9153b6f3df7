package io.holdfast.http;

import io.holdfast.loadbalancer.Pick;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One instance that was asked, and its answer to come. Two tries are never equal. */
final class Try<T> {

  private final Pick pick;
  private final CompletableFuture<HttpResponse<T>> exchange;

  Try(Pick pick, CompletableFuture<HttpResponse<T>> exchange) {
    this.pick = pick;
    this.exchange = exchange;
  }

  Pick pick() {
    return pick;
  }

  CompletableFuture<HttpResponse<T>> exchange() {
    return exchange;
  }

  /** True if it was under way for half of {@code time} at least. */
  boolean hadHalf(Duration time) {
    return pick.age().compareTo(time.dividedBy(2)) >= 0;
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
  void loseTo(Try<?> winner) {
    if (pick.age().compareTo(winner.pick.age()) > 0) {
      pick.outpaced();
    } else {
      pick.close();
    }
    exchange.cancel(true);
  }
}
