package io.holdfast.payment.trace;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends spans to a collector of OpenTelemetry, by OTLP over HTTP as JSON, some hundred at a time.
 * Requests never wait for it: what the collector does not take in time is dropped, and counted.
 * Thread-safe.
 */
public final class OtlpExporter implements Consumer<SpanRecord>, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OtlpExporter.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WAITING = 8_192;
  private static final int AT_ONCE = 512;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final long GATHER_MILLIS = 200;

  private final URI traces;
  private final String node;
  private final Runnable onDrop;
  private final HttpClient http;
  private final BlockingQueue<SpanRecord> waiting = new ArrayBlockingQueue<>(WAITING);
  private final Thread thread = new Thread(this::run, "payment-spans");

  /** Used by the thread alone. */
  private boolean failing;

  /**
   * Begins to send.
   *
   * @param node its name in the traces
   * @param onDrop called for each span that is dropped
   */
  public OtlpExporter(TraceConfig config, String node, Runnable onDrop) {
    this.traces = URI.create(config.collector().toString().replaceFirst("/+$", "") + "/v1/traces");
    this.node = node;
    this.onDrop = onDrop;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build();
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void accept(SpanRecord span) {
    if (!waiting.offer(span)) {
      onDrop.run();
    }
  }

  private void run() {
    List<SpanRecord> some = new ArrayList<>();
    try {
      while (true) {
        some.add(waiting.take());
        for (SpanRecord next = waiting.poll(GATHER_MILLIS, TimeUnit.MILLISECONDS);
            next != null && some.size() < AT_ONCE;
            next = some.size() < AT_ONCE ? waiting.poll() : null) {
          some.add(next);
        }
        send(some);
        some.clear();
      }
    } catch (InterruptedException closing) {
      waiting.drainTo(some);
      LOG.debug("{} spans are not sent any more", some.size());
    }
  }

  private void send(List<SpanRecord> spans) throws InterruptedException {
    String why;
    try {
      HttpRequest request =
          HttpRequest.newBuilder(traces)
              .timeout(TIMEOUT)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body(spans))))
              .build();
      int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      why = status < 300 ? "" : "status " + status;
    } catch (IOException e) {
      why = e.getClass().getSimpleName();
    }
    if (!why.isEmpty()) {
      spans.forEach(dropped -> onDrop.run());
    }
    if (failing == why.isEmpty()) {
      failing = !failing;
      if (failing) {
        LOG.warn("the collector at {} takes no traces: {}; they are dropped", traces, why);
      } else {
        LOG.info("the collector at {} takes traces again", traces);
      }
    }
  }

  private ObjectNode body(List<SpanRecord> spans) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode resource = body.putArray("resourceSpans").addObject();
    ArrayNode attributes = resource.putObject("resource").putArray("attributes");
    attribute(attributes, "service.name", "payment-node");
    attribute(attributes, "service.instance.id", node);
    ObjectNode scope = resource.putArray("scopeSpans").addObject();
    scope.putObject("scope").put("name", "io.holdfast.payment");
    ArrayNode list = scope.putArray("spans");
    spans.forEach(span -> span(list.addObject(), span));
    return body;
  }

  private static void span(ObjectNode to, SpanRecord span) {
    to.put("traceId", span.traceId()).put("spanId", span.spanId());
    span.parentId().ifPresent(parent -> to.put("parentSpanId", parent));
    to.put("name", span.name())
        .put("kind", span.kind().number())
        .put("startTimeUnixNano", nanos(span.began()))
        .put("endTimeUnixNano", nanos(span.ended()));
    ArrayNode attributes = to.putArray("attributes");
    span.attributes().forEach((name, value) -> attribute(attributes, name, value));
    span.link()
        .ifPresent(
            cause ->
                to.putArray("links")
                    .addObject()
                    .put("traceId", cause.traceId())
                    .put("spanId", cause.spanId()));
    if (span.failed()) {
      to.putObject("status").put("code", 2);
    }
  }

  private static void attribute(ArrayNode to, String name, String value) {
    to.addObject().put("key", name).putObject("value").put("stringValue", value);
  }

  private static String nanos(Instant time) {
    return Long.toString(TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano());
  }

  /** What was not sent by now is not sent any more. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
