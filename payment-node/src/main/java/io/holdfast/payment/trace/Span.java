package io.holdfast.payment.trace;

import io.holdfast.payment.ledger.Trace;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What this node does for one request, or because it is due. Thread-safe. */
public final class Span implements Trace {

  /** The parts that are requests to others. */
  private static final Set<String> REMOTE = Set.of("forward", "prepare", "settle", "acquirer");

  private volatile String name;
  private final SpanRecord.Kind kind;
  private final TraceContext context;
  private final Optional<String> parentId;
  private final Consumer<SpanRecord> to;
  private final Instant began = Instant.now();
  private final long beganNanos = System.nanoTime();

  /** Guarded by itself. */
  private final Map<String, String> attributes = new TreeMap<>();

  private volatile Optional<TraceContext> link = Optional.empty();

  Span(
      String name,
      SpanRecord.Kind kind,
      TraceContext context,
      Optional<String> parentId,
      Consumer<SpanRecord> to) {
    this.name = name;
    this.kind = kind;
    this.context = context;
    this.parentId = parentId;
    this.to = to;
  }

  /** What goes with requests to others that are made because of it. */
  public TraceContext context() {
    return context;
  }

  @Override
  public Optional<String> parent() {
    return Optional.of(context.header());
  }

  @Override
  public void named(String operation) {
    name = operation;
  }

  /** What has caused it, in another trace. */
  void linkTo(TraceContext cause) {
    link = Optional.of(cause);
  }

  /** More about it: a few words, nothing secret. */
  public Span with(String attribute, String value) {
    synchronized (attributes) {
      attributes.put(attribute, value);
    }
    return this;
  }

  @Override
  public void over(String part, int shard, long fromNanos, long toNanos) {
    if (context.sampled()) {
      to.accept(
          new SpanRecord(
              context.traceId(),
              TraceContext.newSpanId(),
              Optional.of(context.spanId()),
              part,
              REMOTE.contains(part) ? SpanRecord.Kind.CLIENT : SpanRecord.Kind.INTERNAL,
              at(fromNanos),
              at(toNanos),
              Map.of("payment.shard", Integer.toString(shard)),
              Optional.empty(),
              false));
    }
  }

  /**
   * It is over. Once.
   *
   * @param failed by a fault, and not by what was asked
   */
  @Override
  public void end(boolean failed) {
    if (context.sampled()) {
      Map<String, String> all;
      synchronized (attributes) {
        all = Map.copyOf(attributes);
      }
      to.accept(
          new SpanRecord(
              context.traceId(),
              context.spanId(),
              parentId,
              name,
              kind,
              began,
              at(System.nanoTime()),
              all,
              link,
              failed));
    }
  }

  private Instant at(long nanos) {
    return began.plusNanos(nanos - beganNanos);
  }
}
