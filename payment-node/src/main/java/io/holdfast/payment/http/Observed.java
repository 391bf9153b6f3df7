package io.holdfast.payment.http;

import io.holdfast.payment.metrics.Outcome;
import io.holdfast.payment.metrics.PaymentMeters;
import io.holdfast.payment.trace.Span;
import io.holdfast.payment.trace.TraceContext;
import io.holdfast.payment.trace.Tracer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request for an operation, as the figures, the traces and the request log see it. Confined to
 * its event loop.
 *
 * <p>The log has names of callers, but no key, body, account or amount: a client's idempotency key
 * may be anything, even a card number.
 */
final class Observed {

  /** Its level is DEBUG: see docs/logging.md. */
  private static final Logger LOG = LoggerFactory.getLogger("io.holdfast.payment.request");

  private static final String KEY = "observed";

  private final String type;
  private final Span span;
  private final PaymentMeters meters;
  private final long beganNanos = System.nanoTime();
  private Optional<PaymentRequest<?>> request = Optional.empty();
  private int shard = -1;

  private Observed(String type, Span span, PaymentMeters meters) {
    this.type = type;
    this.span = span;
    this.meters = meters;
  }

  /** A request for an operation of this type begins. */
  static Observed begin(RoutingContext context, String type, Tracer tracer, PaymentMeters meters) {
    Observed observed =
        new Observed(
            type,
            tracer.begin(type, context.request().headers().getAll(TraceContext.HEADER)),
            meters);
    context.put(KEY, observed);
    return observed;
  }

  /** Empty if it is not for an operation. */
  static Optional<Observed> of(RoutingContext context) {
    return context.get(KEY) instanceof Observed observed ? Optional.of(observed) : Optional.empty();
  }

  Span span() {
    return span;
  }

  String traceId() {
    return span.context().traceId();
  }

  /** What it turned out to be. */
  void is(PaymentRequest<?> what, int shardOfIt) {
    request = Optional.of(what);
    shard = shardOfIt;
  }

  /** It is about to be answered. */
  void answered(Answer answer, HttpServerResponse response) {
    long nanos = System.nanoTime() - beganNanos;
    Outcome outcome = answer.outcome();
    String told = outcome.name().toLowerCase(Locale.ROOT);
    boolean forwarded = request.flatMap(PaymentRequest::forward).isPresent();
    if (!forwarded) {
      meters.answered(type, outcome, nanos);
    }
    response.putHeader(Headers.TRACE, traceId());
    span.with("payment.outcome", told)
        .with("http.response.status_code", Integer.toString(answer.status()))
        .with("payment.shard", Integer.toString(shard))
        .end(answer.status() >= 500);
    LOG.atDebug()
        .addKeyValue("trace", traceId())
        .addKeyValue("span", span.context().spanId())
        .addKeyValue("operation", type)
        .addKeyValue("caller", request.map(known -> known.identity().caller().name()).orElse(""))
        .addKeyValue("shard", shard)
        .addKeyValue("outcome", told)
        .addKeyValue("status", answer.status())
        .addKeyValue("millis", Duration.ofNanos(nanos).toMillis())
        .log(forwarded ? "answered another node" : "answered");
  }
}
