package io.holdfast.payment.trace;

import io.holdfast.payment.ledger.DocumentId;
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
    return new Span(name, SpanRecord.Kind.SERVER, context, came.map(TraceContext::spanId), to);
  }

  /**
   * Begins an attempt to deliver an event, a trace of its own.
   *
   * @param type of the event
   * @param event its id
   */
  public Span webhook(String type, String event) {
    boolean recorded = ThreadLocalRandom.current().nextDouble() < share;
    return new Span(
            "webhook", SpanRecord.Kind.CLIENT, TraceContext.begin(recorded), Optional.empty(), to)
        .with("payment.event", event)
        .with("payment.event.type", type);
  }

  /**
   * Begins what nobody has asked for just now: a trace of its own that refers to what has caused
   * it, and is recorded if that is. It has the name {@code due} until it has a better one.
   *
   * @param cause of a request that is recorded, as {@link TraceContext#header} has it
   */
  public Span due(DocumentId document, Optional<String> cause) {
    Optional<TraceContext> link = cause.flatMap(header -> TraceContext.of(List.of(header)));
    boolean recorded = link.isPresent() || ThreadLocalRandom.current().nextDouble() < share;
    Span span =
        new Span(
            "due", SpanRecord.Kind.INTERNAL, TraceContext.begin(recorded), Optional.empty(), to);
    link.ifPresent(span::linkTo);
    return span.with("payment.document", document.value());
  }
}
