package io.holdfast.payment.trace;

import java.net.URI;

/**
 * Where traces go.
 *
 * @param collector of OpenTelemetry, such as {@code http://127.0.0.1:4318}: it takes OTLP as JSON
 *     at {@code /v1/traces}
 * @param share of the requests without a context of their own that are recorded, 0 to 1
 */
public record TraceConfig(URI collector, double share) {

  public TraceConfig {
    if (collector.getHost() == null
        || collector.getUserInfo() != null
        || collector.getQuery() != null
        || !String.valueOf(collector.getScheme()).matches("https?")) {
      throw new IllegalArgumentException(
          "a collector of traces is such as http://127.0.0.1:4318, without user and query");
    }
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("the share of requests to trace is 0 to 1, not " + share);
    }
  }
}
