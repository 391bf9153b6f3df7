package io.holdfast.gateway.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.gateway.GatewayUnderTest;
import io.holdfast.testkit.tls.TestAuthority;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks by HTTP that the gateway makes, of servers of all kinds. */
@Timeout(60)
final class HttpChecksTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicInteger status = new AtomicInteger(200);
  private final AtomicInteger followed = new AtomicInteger();
  private final CountDownLatch bodyEnded = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private GatewayUnderTest gateway;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/health",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().add("Location", "/followed");
            exchange.sendResponseHeaders(status.get(), -1);
          }
        });
    server.createContext(
        "/followed",
        exchange -> {
          try (exchange) {
            followed.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
          }
        });
    server.createContext(
        "/endless",
        exchange -> {
          try (exchange;
              OutputStream body = exchange.getResponseBody()) {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
              body.write(new byte[64 * 1024]);
            }
          } catch (IOException e) {
            bodyEnded.countDown();
          }
        });
    server.start();
    gateway = new GatewayUnderTest("memory://checks-" + UUID.randomUUID() + "/test");
  }

  @AfterEach
  void stop() {
    gateway.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private static String service(String address, int port, String check) {
    return """
    {"ID": "web-1", "Name": "web", "Address": "%s", "Port": %d, "Check": {%s}}\
    """
        .formatted(address, port, check);
  }

  private HttpResponse<String> register(int port, String path, String more) throws Exception {
    String check =
        "\"HTTP\": \"http://127.0.0.1:%d%s\", \"Interval\": \"1s\"%s".formatted(port, path, more);
    return gateway.put("/v1/agent/service/register", service("127.0.0.1", port, check));
  }

  private HttpResponse<String> register(String path) throws Exception {
    return register(server.getAddress().getPort(), path, "");
  }

  private void awaitStatus(String wanted) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(gateway.get("/v1/health/checks/web").body())
                    .contains("\"Status\":\"" + wanted + "\""));
  }

  @Test
  void answers_sayHowTheInstanceIs() throws Exception {
    assertThat(register("/health").statusCode()).isEqualTo(200);
    awaitStatus("passing");
    assertThat(gateway.get("/v1/health/service/web?passing").body()).contains("web-1");
    assertThat(gateway.get("/v1/agent/checks").body()).contains("\"Type\":\"http\"");

    status.set(429);
    awaitStatus("warning");
    status.set(302);
    awaitStatus("critical");
    assertThat(gateway.get("/v1/health/checks/web").body()).contains("/health: 302");
    assertThat(gateway.get("/v1/health/service/web?passing").body()).isEqualTo("[]");
    status.set(204);
    awaitStatus("passing");
    assertThat(followed).hasValue(0);

    assertThat(gateway.put("/v1/agent/check/pass/service:web-1", "").statusCode()).isEqualTo(500);
    gateway.put("/v1/agent/service/deregister/web-1", "");
    assertThat(gateway.get("/v1/agent/checks").body()).isEqualTo("{}");
  }

  @Test
  void body_isNotRead() throws Exception {
    register("/endless");

    awaitStatus("passing");
    assertThat(bodyEnded.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void server_thatDoesNotAnswer_isCriticalAfterTheTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      register(silent.getLocalPort(), "/", ", \"Timeout\": \"300ms\", \"Status\": \"passing\"");
      awaitStatus("critical");
    }
    // And one that is not there.
    status.set(200);
    register("/health");
    awaitStatus("passing");
    server.stop(0);
    awaitStatus("critical");
  }

  @Test
  void certificate_thatNobodyTrusts_isCriticalUnlessItIsNotLookedAt() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (TestAuthority authority = TestAuthority.create("checks")) {
      ClientCertificate issued = authority.server();
      PemKeyCertOptions own =
          new PemKeyCertOptions()
              .addCertPath(issued.chain().toString())
              .addKeyPath(issued.key().toString());
      int port =
          vertx
              .createHttpServer(
                  new HttpServerOptions().setSsl(true).setKeyCertOptions(own).setHost("127.0.0.1"))
              .requestHandler(request -> request.response().end())
              .listen(0)
              .toCompletionStage()
              .toCompletableFuture()
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .actualPort();
      String check = "\"HTTP\": \"https://127.0.0.1:%d/\", \"Interval\": \"1s\"".formatted(port);
      gateway.put(
          "/v1/agent/service/register",
          service("127.0.0.1", port, check + ", \"TLSSkipVerify\": true"));
      awaitStatus("passing");
      gateway.put("/v1/agent/service/register", service("127.0.0.1", port, check));
      awaitStatus("critical");
      assertThat(gateway.get("/v1/health/checks/web").body()).contains("certification path");
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "10.0.0.1|\"HTTP\": \"http://10.0.0.2/\", \"Interval\": \"1s\"",
        "10.0.0.1|\"HTTP\": \"http://10.0.0.1@10.0.0.2/\", \"Interval\": \"1s\"",
        "10.0.0.1|\"HTTP\": \"http://me:secret@10.0.0.1/\", \"Interval\": \"1s\"",
        "10.0.0.1|\"HTTP\": \"file://10.0.0.1/etc/passwd\", \"Interval\": \"1s\"",
        "10.0.0.1|\"HTTP\": \"http://10.0.0.1/\"",
        "10.0.0.1|\"HTTP\": \"http://10.0.0.1/\", \"Interval\": \"10ms\"",
        "10.0.0.1|\"HTTP\": \"http://10.0.0.1/\", \"Interval\": \"1s\", \"TTL\": \"5s\"",
        "10.0.0.1|\"HTTP\": \"http://10.0.0.1/\", \"Interval\": \"1s\", \"Method\": \"POST\"",
        "10.0.0.1|\"HTTP\": \"http://10.0.0.1/\", \"Interval\": \"1s\", \"Header\": {\"A\":"
            + " [\"b\"]}",
        "10.0.0.1|\"HTTP\": \"http://10.0.0.1/ x\", \"Interval\": \"1s\"",
      })
  void registering_whatIsNotTheInstancesOwn_isRefused(String address, String check)
      throws Exception {
    HttpResponse<String> answer =
        gateway.put("/v1/agent/service/register", service(address, 80, check));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).doesNotContain("secret");
    assertThat(gateway.get("/v1/agent/services").body()).isEqualTo("{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "fe80::1",
        "::ffff:169.254.1.1",
        "fd00:ec2::254",
        "100.100.100.200"
      })
  void addresses_thatAreNoHosts_areNeverAsked(String address) throws Exception {
    assertThat(Loopback.allows(InetAddress.getByName(address), Optional.of(Loopback.NAME)))
        .isFalse();
  }

  @Test
  void checks_tooManyAreUnderWay_theOthersArePostponedAndNotForgotten() throws Exception {
    Vertx vertx = Vertx.vertx();
    Set<String> postponed = ConcurrentHashMap.newKeySet();
    try (ServerSocket silent = new ServerSocket(0, 300, InetAddress.getLoopbackAddress());
        HttpChecks checks =
            new HttpChecks(vertx, id -> true, (id, now, output) -> {}, postponed::add)) {
      URI url = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/");
      Duration second = Duration.ofSeconds(1);
      for (int i = 0; i < 300; i++) {
        checks.follow(
            "c" + i, new HttpProbe(url, second, PATIENCE, false, Optional.of(Loopback.NAME)));
      }
      await().atMost(PATIENCE).until(() -> postponed.size() >= 44);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void loopback_isForThoseWhoCameByIt() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    assertThat(Loopback.allows(loopback, Loopback.of("127.0.0.1"))).isTrue();
    assertThat(Loopback.allows(loopback, Loopback.of("10.0.0.1"))).isFalse();
    assertThat(Loopback.allows(loopback, Optional.of("another machine"))).isFalse();
    assertThat(Loopback.allows(InetAddress.getByName("10.0.0.1"), Optional.empty())).isTrue();
  }
}
