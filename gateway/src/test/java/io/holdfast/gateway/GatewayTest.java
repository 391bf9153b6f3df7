package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.memory.Faults;
import io.holdfast.testkit.memory.MemoryCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What all doors stand on: the server's limits, and the feed. */
@SuppressWarnings("StringConcatToTextBlock") // the ends of lines matter
class GatewayTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String name = "gateway-" + UUID.randomUUID();
  private final String uri = "memory://" + name + "/test";
  private Coordinator coordinator;
  private Gateway gateway;

  @BeforeEach
  void open() throws IOException {
    coordinator = Coordinator.connect(uri);
    gateway =
        Gateway.start(
            coordinator, GatewayOptions.loopback(0), WriteAccess.none(), parts -> List.of());
  }

  @AfterEach
  void close() {
    gateway.close();
    coordinator.close();
  }

  /** Sends bytes as they are, and reads until the server closes. */
  private String send(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }

  @Test
  void pages_gatewayRuns_areThere() throws Exception {
    assertThat(get("/live")).startsWith("HTTP/1.1 200 ");
    assertThat(get("/ready")).startsWith("HTTP/1.1 200 ");
    assertThat(get("/nowhere")).startsWith("HTTP/1.1 404 ");
  }

  @Test
  void paths_thatMeanTwoThings_areRefused() throws Exception {
    for (String path :
        List.of("/live/../live", "/x%2Flive", "/%2e%2e/live", "/live%00", "/a%5cb", "/%zz")) {
      assertThat(get(path)).as(path).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void headers_twice_areRefused() throws Exception {
    assertThat(send("GET /live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(
            send(
                "POST /live HTTP/1.1\r\n"
                    + "Host: a\r\n"
                    + "Content-Length: 1\r\n"
                    + "Content-Length: 2\r\n\r\n"
                    + "xx"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(
            send(
                "POST /live HTTP/1.1\r\n"
                    + "Host: a\r\n"
                    + "Content-Encoding: gzip\r\n"
                    + "Content-Length: 0\r\n\r\n"))
        .startsWith("HTTP/1.1 415 ");
  }

  @Test
  void sizes_tooLarge_areRefused() throws Exception {
    assertThat(get("/" + "a".repeat(5_000))).contains(" 414 ");
    assertThat(send("GET /live HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
        .contains(" 431 ");
  }

  @Test
  void reading_withABody_isRefusedBeforeTheBodyIsRead() throws Exception {
    assertThat(send("GET /live HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\nx"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(send("HEAD /live HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(
            send(
                "GET /live HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
                    + "Connection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void queries_thatCannotBeDecoded_areRefusedAndNotEchoed() throws Exception {
    for (String query : List.of("a=%zz", "token=secret&a=%", "%4")) {
      assertThat(get("/live?" + query)).startsWith("HTTP/1.1 400 ").doesNotContain("secret");
      assertThat(send("PUT /v1/kv/x?" + query + " HTTP/1.1\r\nHost: a\r\n\r\n"))
          .startsWith("HTTP/1.1 400 ")
          .doesNotContain("secret");
    }
  }

  @Test
  void feed_serviceOfAnother_appearsAndWakesThoseWhoWait() throws Exception {
    ServiceFeed feed = gateway.feed();
    CompletableFuture<Long> any = feed.changed(Optional.empty(), feed.index(), 60_000);

    try (Registry registry = new Registry(coordinator)) {
      registry.register(ServiceInstance.http("orders", "orders-1", "10.0.0.1", 80));
      await().atMost(PATIENCE).until(() -> feed.service("orders").isPresent());

      assertThat(any).succeedsWithin(PATIENCE);
      await()
          .atMost(PATIENCE)
          .until(() -> feed.service("orders").orElseThrow().snapshot().up().size() == 1);
      long seen = feed.service("orders").orElseThrow().index();
      CompletableFuture<Long> more = feed.changed(Optional.of("orders"), seen, 60_000);
      assertThat(more).isNotDone();
      registry.register(ServiceInstance.http("orders", "orders-2", "10.0.0.2", 80));
      assertThat(more).succeedsWithin(PATIENCE);
      assertThat(more.join()).isGreaterThan(seen);
    }
  }

  @Test
  void feed_wasReadyOnce_aNewServiceThatIsNotKnownYetChangesNothing() {
    MemoryCluster.named(name).faults((client, message) -> Faults.Fate.LOST);
    ServiceFeed feed = gateway.feed();
    feed.follow("new");

    assertThat(feed.service("new").orElseThrow().isKnown()).isFalse();
    assertThat(feed.isReady()).isTrue();
    MemoryCluster.named(name).faults(Faults.NONE);
  }

  @Test
  void feed_nothingChanges_waitEndsInTime() {
    ServiceFeed feed = gateway.feed();
    long seen = feed.index();

    assertThat(feed.changed(Optional.empty(), seen, 50)).succeedsWithin(PATIENCE).isEqualTo(seen);
    assertThat(feed.changed(Optional.empty(), seen - 1, 60_000)).isCompletedWithValue(seen);
  }
}
