package io.holdfast.payment.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.payment.ledger.DocumentId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OtlpExporterTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger dropped = new AtomicInteger();
  private volatile int status = 200;
  private HttpServer collector;

  @BeforeEach
  void listen() throws Exception {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    collector.start();
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  private OtlpExporter exporter() {
    URI uri = URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/");
    return new OtlpExporter(new TraceConfig(uri, 1), "node-a", dropped::incrementAndGet);
  }

  @Test
  void span_isSentAsTheCollectorReadsIt() throws Exception {
    try (OtlpExporter exporter = exporter()) {
      Span span = new Tracer(exporter, 1).begin("transfer", List.of());
      long now = System.nanoTime();
      span.over("commit", 7, now - 2_000_000, now);
      span.with("payment.outcome", "unknown").end(true);

      await().atMost(LIMIT).until(() -> !asked.isEmpty());

      JsonNode spans =
          new ObjectMapper().readTree(asked.get(0)).at("/resourceSpans/0/scopeSpans/0/spans");
      JsonNode commit = spans.get(0);
      JsonNode server = spans.get(1);
      assertThat(server.path("traceId").asText()).isEqualTo(span.context().traceId());
      assertThat(server.path("spanId").asText()).isEqualTo(span.context().spanId());
      assertThat(server.has("parentSpanId")).isFalse();
      assertThat(server.path("name").asText()).isEqualTo("transfer");
      assertThat(server.path("kind").asInt()).isEqualTo(2);
      assertThat(server.at("/status/code").asInt()).isEqualTo(2);
      assertThat(server.at("/attributes/0/key").asText()).isEqualTo("payment.outcome");
      assertThat(server.at("/attributes/0/value/stringValue").asText()).isEqualTo("unknown");
      assertThat(commit.path("parentSpanId").asText()).isEqualTo(span.context().spanId());
      assertThat(
              commit.path("endTimeUnixNano").asLong() - commit.path("startTimeUnixNano").asLong())
          .isEqualTo(2_000_000);
      assertThat(asked.get(0)).contains("service.instance.id", "node-a");
      assertThat(dropped).hasValue(0);
    }
  }

  @Test
  void span_ofWhatIsDue_refersToItsCause() throws Exception {
    try (OtlpExporter exporter = exporter()) {
      Tracer tracer = new Tracer(exporter, 0);
      DocumentId document = DocumentId.of("pay", 1, "0".repeat(26));
      TraceContext cause = TraceContext.begin(true);
      Span expiry = tracer.due(document, Optional.of(cause.header()));
      expiry.named("expire-payment");
      expiry.end(false);
      Span other = tracer.due(document, Optional.empty());
      other.named("not-recorded");
      other.end(false);

      await().atMost(LIMIT).until(() -> !asked.isEmpty());

      JsonNode due =
          new ObjectMapper().readTree(asked.get(0)).at("/resourceSpans/0/scopeSpans/0/spans/0");
      assertThat(due.path("name").asText()).isEqualTo("expire-payment");
      assertThat(due.path("kind").asInt()).isEqualTo(1);
      assertThat(due.path("traceId").asText()).isNotEqualTo(cause.traceId());
      assertThat(due.at("/links/0/traceId").asText()).isEqualTo(cause.traceId());
      assertThat(due.at("/links/0/spanId").asText()).isEqualTo(cause.spanId());
      assertThat(asked).noneMatch(each -> each.contains("not-recorded"));
    }
  }

  @Test
  void span_ofARequestToOthers_isAClients() throws Exception {
    try (OtlpExporter exporter = exporter()) {
      Tracer tracer = new Tracer(exporter, 1);
      Span request = tracer.begin("transfer", List.of());
      request.over("settle", 3, 0, 1);
      request.over("acquirer", 3, 0, 1);
      tracer.webhook("payment.captured", "3-17-0").end(false);

      await().atMost(LIMIT).until(() -> asked.stream().anyMatch(each -> each.contains("webhook")));

      JsonNode spans =
          new ObjectMapper().readTree(asked.get(0)).at("/resourceSpans/0/scopeSpans/0/spans");
      assertThat(spans)
          .extracting(span -> span.path("name").asText() + " " + span.path("kind").asInt())
          .containsExactly("settle 3", "acquirer 3", "webhook 3");
      assertThat(spans.get(2).path("traceId").asText()).isNotEqualTo(request.context().traceId());
      assertThat(spans.get(2).path("attributes").toString()).contains("payment.captured", "3-17-0");
    }
  }

  @Test
  void span_notTaken_isDroppedAndCounted() {
    status = 500;
    try (OtlpExporter exporter = exporter()) {
      new Tracer(exporter, 1).begin("transfer", List.of()).end(false);

      await().atMost(LIMIT).until(() -> dropped.get() == 1);
    }
  }

  @Test
  void span_notSampled_isNotSent() {
    Span span =
        new Tracer(
                record -> {
                  throw new AssertionError(record.name());
                },
                0)
            .begin("transfer", List.of());
    span.over("wait", 0, 0, 1);
    span.end(false);
  }

  @Test
  void config_thatIsNoCollector_isRefused() {
    for (String uri : List.of("ftp://host", "http://u:p@host", "http:/x", "http://host?x=1")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new TraceConfig(URI.create(uri), 1))
          .withMessageContaining("collector");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TraceConfig(URI.create("http://host"), 1.1));
  }
}
