package io.holdfast.payment.trace;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** Begins the spans of a node. Thread-safe. */
public final class Tracer {

  private final Consumer<SpanRecord> to;
  private final double share;

  /**
   * A tracer.
   *
   * @param to takes spans that are over; must not block or throw
   * @param share of the requests that come without a context, 0 to 1, that are recorded; whoever
   *     sends one decides for his own
   */
  public Tracer(Consumer<SpanRecord> to, double share) {
    this.to = to;
    this.share = share;
  }

  /** Records nothing; gives every request a trace id, and passes on what came with it. */
  public static Tracer unrecorded() {
    return new Tracer(span -> {}, 0);
  }

  /**
   * Begins to serve a request.
   *
   * @param name what is done, of few
   * @param headers the request's headers {@link TraceContext#HEADER}
   */
  public Span begin(String name, List<String> headers) {
    Optional<TraceContext> came = TraceContext.of(headers);
    TraceContext context =
        came.map(TraceContext::child)
            .orElseGet(() -> TraceContext.begin(ThreadLocalRandom.current().nextDouble() < share));
    return new Span(name, context, came.map(TraceContext::spanId), to);
  }
}
