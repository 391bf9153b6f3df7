package io.holdfast.payment.trace;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A span that is over.
 *
 * @param traceId its trace
 * @param spanId its own name
 * @param parentId that of the span that it is a part of; empty if it is the first
 * @param name what was done, of few
 * @param kind for whom
 * @param attributes more about it; nothing secret
 * @param link what has caused it, in another trace
 * @param failed whether it ended by a fault
 */
public record SpanRecord(
    String traceId,
    String spanId,
    Optional<String> parentId,
    String name,
    Kind kind,
    Instant began,
    Instant ended,
    Map<String, String> attributes,
    Optional<TraceContext> link,
    boolean failed) {

  /** For whom it was done, with the numbers that OpenTelemetry has for that. */
  public enum Kind {
    /** For this process itself. */
    INTERNAL(1),
    /** For whoever has sent a request. */
    SERVER(2),
    /** A request to another process. */
    CLIENT(3);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  public SpanRecord {
    attributes = Map.copyOf(attributes);
  }
}
