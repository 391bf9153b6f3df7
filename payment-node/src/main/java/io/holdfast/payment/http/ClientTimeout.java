package io.holdfast.payment.http;

import io.holdfast.payment.ledger.Deadline;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * How long whoever sent a request waits for the answer: the header {@link Headers#TIMEOUT} says it,
 * else it is taken to be 30 seconds. What is begun late in that time is answered to nobody, so a
 * request is begun in the first half of it or not at all.
 *
 * @param total from when it came
 * @param cameNanos when that was
 * @param nanoTime a monotonic clock as {@link System#nanoTime} is
 */
record ClientTimeout(Duration total, long cameNanos, LongSupplier nanoTime) {

  private static final Duration USUAL = Duration.ofSeconds(30);

  /** Of a request that has come now and does not say. */
  static ClientTimeout usual(LongSupplier nanoTime) {
    return new ClientTimeout(USUAL, nanoTime.getAsLong(), nanoTime);
  }

  /**
   * Of a request that has come now.
   *
   * @throws IllegalArgumentException if the header cannot be understood
   */
  static ClientTimeout of(HttpServerRequest request, LongSupplier nanoTime) {
    List<String> headers = request.headers().getAll(Headers.TIMEOUT);
    if (headers.isEmpty()) {
      return usual(nanoTime);
    }
    if (headers.size() > 1 || !headers.get(0).matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException(
          "send one header " + Headers.TIMEOUT + ", which is 1 to 999999999");
    }
    return new ClientTimeout(
        Duration.ofMillis(Long.parseLong(headers.get(0))), nanoTime.getAsLong(), nanoTime);
  }

  /** By when it has to be begun. */
  Deadline deadline() {
    return Deadline.in(total.dividedBy(2).minusNanos(elapsed()), nanoTime);
  }

  /** What is left of it, for another node; at least a millisecond. */
  String header() {
    return Long.toString(Math.max(1, total.minusNanos(elapsed()).toMillis()));
  }

  private long elapsed() {
    return nanoTime.getAsLong() - cameNanos;
  }
}
