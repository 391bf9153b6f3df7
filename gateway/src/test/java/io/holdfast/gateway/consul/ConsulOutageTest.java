package io.holdfast.gateway.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.gateway.BackendUnderTest;
import io.holdfast.gateway.Gateway;
import io.holdfast.gateway.GatewayOptions;
import io.holdfast.gateway.WriteAccess;
import io.holdfast.spi.Consistency;
import io.holdfast.testkit.memory.MemoryCluster;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways, one of which loses the store, or stops, or does not know what the other does. */
class ConsulOutageTest {

  private static final String PASSING = "/v1/health/service/web?passing";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String TOKEN = "0123456789abcdef";
  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(2));

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final HttpClient client = HttpClient.newHttpClient();
  private Coordinator coordinator;
  private Coordinator second;
  private Gateway gateway;
  private Gateway other;

  @BeforeEach
  void open(@TempDir Path folder) throws IOException {
    WriteAccess access =
        WriteAccess.read(Files.writeString(folder.resolve("t"), "me " + TOKEN + "\n"));
    coordinator = Coordinator.connect(cluster.client("gateway", OPTIONS), OPTIONS, "memory");
    second = Coordinator.connect(cluster.client("other", OPTIONS), OPTIONS, "memory");
    gateway = start(coordinator, access);
    other = start(second, access);
  }

  private static Gateway start(Coordinator of, WriteAccess access) throws IOException {
    return Gateway.start(
        of,
        GatewayOptions.loopback(0),
        access,
        parts -> List.of(new ConsulDoor(parts, ConsulOptions.defaults())));
  }

  @AfterEach
  void close() {
    cluster.heal("gateway");
    gateway.close();
    other.close();
    coordinator.close();
    second.close();
    cluster.close();
  }

  private HttpRequest request(Gateway to, String method, String path, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to.port() + path))
        .timeout(PATIENCE)
        .header("X-Consul-Token", TOKEN)
        .method(method, BodyPublishers.ofString(body))
        .build();
  }

  private HttpResponse<String> send(Gateway to, String method, String path, String body)
      throws Exception {
    return client.send(request(to, method, path, body), BodyHandlers.ofString());
  }

  private String session(Gateway at) throws Exception {
    return session(at, "\"LockDelay\":\"0s\"");
  }

  private String session(Gateway at, String more) throws Exception {
    HttpResponse<String> made =
        send(at, "PUT", "/v1/session/create", "{\"TTL\":\"30s\"," + more + "}");
    return ConsulJson.MAPPER.readTree(made.body()).path("ID").asText();
  }

  private boolean acquire(Gateway at, String session) throws Exception {
    return send(at, "PUT", "/v1/kv/job?acquire=" + session, "me").body().equals("true");
  }

  private JsonNode job(Gateway at) throws Exception {
    return ConsulJson.MAPPER.readTree(send(at, "GET", "/v1/kv/job", "").body()).path(0);
  }

  @Test
  void session_whoseLockMayBeAnothers_isNotRenewed() throws Exception {
    String mine = session(gateway);
    String theirs = session(other);
    assertThat(acquire(gateway, mine)).isTrue();
    assertThat(send(gateway, "PUT", "/v1/session/renew/" + mine, "").statusCode()).isEqualTo(200);

    cluster.cut("gateway");
    await().atMost(PATIENCE).until(() -> acquire(other, theirs));

    HttpResponse<String> renewal = send(gateway, "PUT", "/v1/session/renew/" + mine, "");
    assertThat(renewal.statusCode()).isEqualTo(500);
    assertThat(renewal.body()).isEqualTo("No cluster leader");
    HttpResponse<String> read = send(gateway, "GET", "/v1/kv/job", "");
    assertThat(read.headers().firstValue("X-Consul-KnownLeader")).contains("false");
    assertThat(read.headers().firstValueAsLong("X-Consul-LastContact").orElse(0)).isPositive();
    assertThat(read.body()).doesNotContain(mine);
    assertThat(send(gateway, "GET", "/v1/session/info/" + mine, "").body()).isEqualTo("[]");
    assertThat(job(other).path("Session").asText()).isEqualTo(theirs);
  }

  @Test
  void lockDelay_ofASessionWhoseGatewayDies_isKeptByTheOthers() throws Exception {
    String mine = session(gateway, "\"LockDelay\":\"2s\"");
    String theirs = session(other);
    assertThat(acquire(gateway, mine)).isTrue();

    cluster.cut("gateway");
    await()
        .atMost(PATIENCE)
        .until(() -> send(other, "GET", "/v1/session/info/" + mine, "").body().equals("[]"));

    assertThat(acquire(other, theirs)).isFalse();
    await().atMost(PATIENCE).until(() -> !job(other).has("Session"));
    long began = System.nanoTime();
    await().atMost(PATIENCE).until(() -> acquire(other, theirs));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
    assertThat(job(other).path("Session").asText()).isEqualTo(theirs);
  }

  @Test
  void lockDelay_keyIsDeletedMeanwhile_isKept() throws Exception {
    String mine = session(gateway, "\"LockDelay\":\"30s\"");
    String theirs = session(other);
    assertThat(acquire(gateway, mine)).isTrue();
    cluster.cut("gateway");
    await()
        .atMost(PATIENCE)
        .until(() -> send(other, "GET", "/v1/session/info/" + mine, "").body().equals("[]"));
    await().atMost(PATIENCE).until(() -> isNotedAsEnded(second));

    send(other, "DELETE", "/v1/kv/job", "");

    assertThat(send(other, "GET", "/v1/kv/job", "").statusCode()).isEqualTo(404);
    assertThat(acquire(other, theirs)).isFalse();
  }

  private static boolean isNotedAsEnded(Coordinator at) {
    return at
        .reading()
        .thenCompose(access -> access.list(Key.of("consul", "kv"), Consistency.LINEARIZABLE))
        .join()
        .entries()
        .stream()
        .allMatch(it -> it.payload().text().contains("\"ended\":true"));
  }

  @Test
  void lockDelay_sessionIsAskedForBeforeItIsSeen_beginsWhenItEnds() {
    Duration delay = Duration.ofSeconds(2);
    Vertx vertx = Vertx.vertx();
    try (KvStore store = new KvStore(second, vertx);
        DirectoryView view = new DirectoryView(second, Key.of("consul", "sessions"), vertx)) {
      EndedSessions ended = new EndedSessions(view, store);
      KvEntry.Lock lock = new KvEntry.Lock("late", "", delay, false, false);
      assertThat(ended.isHeldBack(lock)).isTrue();
      second.commit(Transaction.EMPTY.put(view.key("late"), Payload.utf8("{}"))).join();
      await().atMost(PATIENCE).until(() -> ended.isThere(lock));
      await().pollDelay(delay.plusMillis(100)).atMost(PATIENCE).until(() -> true);

      second.commit(Transaction.EMPTY.delete(view.key("late"))).join();
      await().atMost(PATIENCE).until(() -> !ended.isThere(lock));

      assertThat(ended.isHeldBack(lock)).isTrue();
      await().atMost(PATIENCE).until(() -> !ended.isHeldBack(lock));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void keysOfASessionThatDeletes_areDeletedWhenItsGatewayDies() throws Exception {
    String mine = session(gateway, "\"LockDelay\":\"0s\",\"Behavior\":\"delete\"");
    assertThat(acquire(gateway, mine)).isTrue();
    await().atMost(PATIENCE).until(() -> job(other).has("Session"));
    HttpResponse<String> read = send(other, "GET", "/v1/kv/?recurse", "");
    String index = read.headers().firstValue("X-Consul-Index").orElseThrow();
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(
            request(other, "GET", "/v1/kv/?recurse&wait=10m&index=" + index, ""),
            BodyHandlers.ofString());

    cluster.cut("gateway");

    assertThat(waiting).succeedsWithin(PATIENCE);
    assertThat(waiting.join().statusCode()).isEqualTo(404);
  }

  @Test
  void wait_belowAPrefix_isNotEndedByOtherKeys() throws Exception {
    send(gateway, "PUT", "/v1/kv/app/a", "1");
    HttpResponse<String> read = send(gateway, "GET", "/v1/kv/app/?recurse", "");
    String index = read.headers().firstValue("X-Consul-Index").orElseThrow();
    String wait = "/v1/kv/app/?recurse&wait=10m&index=" + index;
    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(request(gateway, "GET", wait, ""), BodyHandlers.ofString());

    send(gateway, "PUT", "/v1/kv/apple", "1");
    send(gateway, "DELETE", "/v1/kv/apple", "");
    assertThat(
            send(gateway, "GET", "/v1/kv/app/?recurse", "").headers().firstValue("X-Consul-Index"))
        .contains(index);
    assertThat(waiting).isNotDone();
    send(gateway, "DELETE", "/v1/kv/app/a", "");

    assertThat(waiting).succeedsWithin(PATIENCE);
    assertThat(waiting.join().statusCode()).isEqualTo(404);
    assertThat(waiting.join().headers().firstValueAsLong("X-Consul-Index").orElse(0))
        .isGreaterThan(Long.parseLong(index));
  }

  @Test
  void wait_forAKey_endsWithTheGatewayOfItsHolder() throws Exception {
    String mine = session(gateway);
    assertThat(acquire(gateway, mine)).isTrue();
    await().atMost(PATIENCE).until(() -> job(other).path("Session").asText().equals(mine));
    String index =
        send(other, "GET", "/v1/kv/job", "").headers().firstValue("X-Consul-Index").orElseThrow();

    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(
            request(other, "GET", "/v1/kv/job?wait=10m&index=" + index, ""),
            BodyHandlers.ofString());
    cluster.cut("gateway");

    assertThat(waiting).succeedsWithin(PATIENCE);
    assertThat(waiting.join().body()).contains("job").doesNotContain("Session");
  }

  @Test
  void check_atAGatewayThatTheOthersThinkDead_isReportedAtThose() throws Exception {
    String web =
        "{\"ID\":\"web-1\",\"Name\":\"web\",\"Address\":\"10.0.0.1\",\"Port\":80,"
            + "\"Check\":{\"TTL\":\"30s\"}}";
    send(gateway, "PUT", "/v1/agent/service/register", web);
    String pass = "/v1/agent/check/pass/service:web-1";
    assertThat(send(gateway, "PUT", pass, "").statusCode()).isEqualTo(200);

    cluster.cut("gateway");
    await().atMost(PATIENCE).until(() -> coordinator.current().isEmpty());

    assertThat(send(gateway, "PUT", pass, "").statusCode()).isEqualTo(500);
    assertThat(send(other, "PUT", pass, "").statusCode()).isEqualTo(200);
    assertThat(send(gateway, "GET", "/v1/health/service/web?passing", "").body()).contains("web-1");
  }

  @Test
  void checkByHttp_ofAGatewayThatDies_isMadeByTheOther() throws Exception {
    try (BackendUnderTest backend = new BackendUnderTest("web-1", "127.0.0.1", 0)) {
      String web =
          "{\"ID\":\"web-1\",\"Name\":\"web\",\"Address\":\"127.0.0.1\",\"Port\":%d,"
              + "\"Check\":{\"HTTP\":\"http://127.0.0.1:%d/\",\"Interval\":\"1s\"}}";
      send(
          gateway,
          "PUT",
          "/v1/agent/service/register",
          web.formatted(backend.port(), backend.port()));
      await()
          .atMost(PATIENCE)
          .until(() -> send(other, "GET", PASSING, "").body().contains("web-1"));

      cluster.cut("gateway");
    }
    await().atMost(PATIENCE).until(() -> send(other, "GET", PASSING, "").body().equals("[]"));
  }

  @Test
  void key_deletedAtAnotherGateway_isLockedAgainByItsHolder() throws Exception {
    String mine = session(gateway);
    assertThat(acquire(gateway, mine)).isTrue();
    send(other, "DELETE", "/v1/kv/job", "");
    await()
        .atMost(PATIENCE)
        .until(() -> send(gateway, "GET", "/v1/kv/job", "").statusCode() == 404);

    assertThat(acquire(gateway, mine)).isTrue();

    assertThat(job(gateway).path("Session").asText()).isEqualTo(mine);
    assertThat(job(gateway).path("LockIndex").asInt()).isEqualTo(2);
    assertThat(job(gateway).has("FencingToken")).isTrue();
  }

  @Test
  void registration_thatIsRefused_leavesWhatWasThere() throws Exception {
    String before = "{\"ID\":\"x\",\"Name\":\"orders\",\"Address\":\"10.0.0.1\",\"Port\":80}";
    send(gateway, "PUT", "/v1/agent/service/register", before);
    String tooLong = before.replace("orders", "bills").replace("{", "{\"Tags\":[\"LONG\"],");

    HttpResponse<String> refused =
        send(
            gateway,
            "PUT",
            "/v1/agent/service/register",
            tooLong.replace("LONG", "t".repeat(5_000)));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(send(gateway, "GET", "/v1/health/service/orders", "").body()).contains("10.0.0.1");

    send(gateway, "PUT", "/v1/agent/service/register", tooLong);
    await()
        .atMost(PATIENCE)
        .until(() -> send(gateway, "GET", "/v1/health/service/orders", "").body().equals("[]"));
    assertThat(send(gateway, "GET", "/v1/health/service/bills", "").body()).contains("10.0.0.1");
    assertThat(send(gateway, "GET", "/v1/agent/services", "").body()).contains("bills");
  }

  @Test
  void stop_clientsThatAskAgainAtOnce_doNotHoldItUp() throws Exception {
    send(gateway, "PUT", "/v1/kv/job", "v");
    HttpResponse<String> read = send(gateway, "GET", "/v1/kv/job", "");
    String index = read.headers().firstValue("X-Consul-Index").orElseThrow();
    CompletableFuture<HttpResponse<String>> first =
        client.sendAsync(
            request(gateway, "GET", "/v1/kv/job?index=" + index, ""), BodyHandlers.ofString());
    CompletableFuture<Integer> again =
        first.thenCompose(
            answer ->
                client
                    .sendAsync(
                        request(gateway, "GET", "/v1/kv/job?index=" + index, ""),
                        BodyHandlers.ofString())
                    .handle((second, failure) -> failure == null ? second.statusCode() : 0));
    await()
        .atMost(PATIENCE)
        .until(() -> send(gateway, "GET", "/v1/kv/job?index=" + index + "&wait=1ms", "") != null);

    long began = System.nanoTime();
    gateway.close();

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
    assertThat(first).succeedsWithin(PATIENCE);
    assertThat(again).succeedsWithin(PATIENCE).isIn(0, 503);
  }

  @Test
  void answers_thatAreKept_haveABound() {
    BlockingQuery queries = new BlockingQuery(gateway.feed(), () -> Duration.ZERO, 1);
    Buffer large = Buffer.buffer(new byte[1024 * 1024]);

    for (int i = 0; i < 200; i++) {
      queries.once("key" + i, i, () -> large);
      queries.once("same", i, () -> large);
    }

    assertThat(queries.keptBytes()).isBetween(1L, 64L * 1024 * 1024);
    assertThat(queries.once("same", 199, Buffer::buffer)).isSameAs(large);
  }
}
