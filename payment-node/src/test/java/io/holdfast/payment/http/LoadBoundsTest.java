package io.holdfast.payment.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.http.ApiNode.Reply;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.payment.testing.Bank;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Too much of one thing leaves room for the others. */
class LoadBoundsTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int MOST_IN_FLIGHT = 500;
  private static final String BODY =
      "{\"from\":\"alice\",\"to\":\"bob\",\"amount\":1,\"currency\":\"EUR\"}";

  private Bank bank;
  private ApiNode node;

  @BeforeEach
  void open() throws Exception {
    bank = new Bank();
    bank.open("alice", 10_000);
    bank.open("bob", 0);
    node = ApiNode.start(bank, "node", LIMIT);
    node.serveAll(1);
  }

  @AfterEach
  void close() throws Exception {
    node.close();
    bank.close();
  }

  @Test
  void reads_moreThanCanBeDone_turnNoPaymentAway() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try {
      while (true) {
        node.reads.run(() -> awaitQuietly(release));
      }
    } catch (RejectedExecutionException full) {
      Reply read = node.get("/accounts/alice");
      assertThat(read.status()).isEqualTo(503);
      assertThat(read.problem()).isEqualTo("saturated");

      assertThat(node.post("/transfers", "paid", BODY).status()).isEqualTo(201);
    } finally {
      release.countDown();
    }
  }

  /** A clock by which a second passes whenever somebody looks at it. */
  static LongSupplier hurrying() {
    AtomicLong nanos = new AtomicLong();
    return () -> nanos.addAndGet(1_000_000_000);
  }

  /** Its client will have given up before an answer comes. */
  @Test
  void request_thatWaitedForHalfOfItsTimeout_isNotBegun() throws Exception {
    node.nanoTime = hurrying();

    Reply late = node.post("/transfers", "late", BODY, Headers.TIMEOUT, "2000");

    assertThat(late.status()).isEqualTo(503);
    assertThat(late.problem()).isEqualTo("expired");
    assertThat(late.body().getBoolean("retryable")).isTrue();
    assertThat(late.raw().headers().firstValue("Retry-After")).isPresent();
    assertThat(bank.balance("bob")).isZero();
    assertThat(node.get("/metrics").raw().body())
        .contains("\npayment_expired_total 1.0\n")
        .contains("\npayment_queue_wait_seconds_count 1\n")
        .contains("payment_requests_total{operation=\"transfer\",outcome=\"saturated\"} 1.0");

    Reply again = node.post("/transfers", "late", BODY, Headers.TIMEOUT, "60000");
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.raw().headers().firstValue(Headers.REPLAYED)).isEmpty();
    assertThat(node.post("/transfers", "usual", BODY).status()).isEqualTo(201);
    assertThat(bank.balance("bob")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "1.5", "2s", "1000000000"})
  void request_timeoutThatIsNone_isRefused(String timeout) throws Exception {
    Reply reply = node.post("/transfers", "k", BODY, Headers.TIMEOUT, timeout);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body().getString("detail")).contains(Headers.TIMEOUT);
  }

  private static boolean awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  /** Its lane waits, and so do its requests; but not without a bound, and not what is read. */
  @Test
  void shard_moreRequestsThanItMayHave_turnsTheOthersAwayAtOnce() throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    List<CompletableFuture<Integer>> asked;
    try (Connection connection =
            DriverManager.getConnection(
                bank.config().url(), bank.config().user(), bank.config().password());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SELECT 1 FROM shard WHERE shard = 0 FOR UPDATE");
      asked =
          IntStream.range(0, MOST_IN_FLIGHT + 50)
              .mapToObj(i -> client.sendAsync(transfer("many-" + i), BodyHandlers.discarding()))
              .map(reply -> reply.thenApply(answer -> answer.statusCode()))
              .toList();
      await().atMost(LIMIT).until(() -> node.counters.get(Count.SATURATED) > 0);

      assertThat(node.get("/accounts/alice").status()).isEqualTo(200);
      connection.rollback();
    }
    assertThat(asked.stream().map(CompletableFuture::join)).containsOnly(201, 503);
    assertThat(node.post("/transfers", "after", BODY).status()).isEqualTo(201);
  }

  private HttpRequest transfer(String key) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/transfers"))
        .timeout(LIMIT)
        .header(Headers.IDEMPOTENCY_KEY, key)
        .header("Authorization", "Bearer anybody")
        .POST(HttpRequest.BodyPublishers.ofString(BODY))
        .build();
  }
}
