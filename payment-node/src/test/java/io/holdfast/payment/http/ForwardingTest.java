package io.holdfast.payment.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.payment.http.ApiNode.Reply;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.payment.testing.Bank;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any node takes any request; only the owner executes it. */
@Order(1)
class ForwardingTest {

  private static final String BODY =
      "{\"from\":\"alice\",\"to\":\"bob\",\"amount\":10,\"currency\":\"EUR\"}";

  private static final Duration PATIENT = Duration.ofSeconds(60);

  /** A third of it is enough for a refusal to be heard on a machine with much to do. */
  private static final Duration BRIEF = Duration.ofSeconds(6);

  private Bank bank;
  private ApiNode entry;
  private ApiNode owner;

  @BeforeEach
  void open() throws Exception {
    bank = new Bank();
    bank.open("alice", 100);
    bank.open("bob", 0);
    entry = ApiNode.start(bank, "entry", PATIENT);
    owner = ApiNode.start(bank, "owner", PATIENT);
  }

  @AfterEach
  void close() throws Exception {
    entry.close();
    owner.close();
    bank.close();
  }

  private void replaceEntryByAnImpatientOne() throws Exception {
    entry.close();
    entry = ApiNode.start(bank, "entry", BRIEF);
  }

  private CompletableFuture<Reply> postFromEntry(String key) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return entry.post("/transfers", key, BODY);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Again, if the time has run out just while another node was asked, which proves nothing. */
  private Reply postUntilKnown(String key) throws Exception {
    Reply reply = entry.post("/transfers", key, BODY);
    for (int more = 0; reply.status() == 504 && more < 5; more++) {
      reply = entry.post("/transfers", key, BODY);
    }
    return reply;
  }

  @Test
  void transfers_atAnotherNode_isExecutedByTheOwner() throws Exception {
    owner.serveAll(1);
    entry.owner.show(owner.port());

    Reply reply = entry.post("/transfers", "k1", BODY);
    Reply replay = entry.post("/transfers", "k1", BODY);

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.raw().headers().firstValue(Headers.NODE)).contains("owner");
    assertThat(replay.raw().headers().firstValue(Headers.REPLAYED)).contains("true");
    assertThat(entry.counters.get(Count.FORWARDED)).isEqualTo(2);
    assertThat(bank.balance("bob")).isEqualTo(10);
  }

  /** The owner's queue is long, and its clock says so. */
  @Test
  void transfers_waitingAtTheOwnerForTooLong_areNotBegunThere() throws Exception {
    owner.serveAll(1);
    entry.owner.show(owner.port());
    owner.nanoTime = LoadBoundsTest.hurrying();

    Reply late = entry.post("/transfers", "late", BODY, Headers.TIMEOUT, "2000");

    assertThat(late.status()).isEqualTo(503);
    assertThat(late.problem()).isEqualTo("expired");
    assertThat(owner.counters.get(Count.EXPIRED)).isOne();
    assertThat(entry.counters.get(Count.EXPIRED)).isZero();
    assertThat(bank.balance("bob")).isZero();
    assertThat(entry.post("/transfers", "late", BODY).status()).isEqualTo(201);
  }

  /** While a shard is handed over nobody has it; and who gives it up has shut its gate by then. */
  @Test
  void settled_withoutAnOwner_waitsUntilThereIsOne() throws Exception {
    Bank.seal(owner.ledger, 1);

    CompletableFuture<Void> settled = entry.remote().settled(0).toCompletableFuture();
    entry.owner.show(owner.port());

    settled.get(60, TimeUnit.SECONDS);
  }

  @Test
  void transfers_problemAtTheOwner_isPassedOn() throws Exception {
    owner.serveAll(1);
    entry.owner.show(owner.port());

    Reply reply = entry.post("/transfers", "k2", BODY.replace("10", "101"));

    assertThat(reply.status()).isEqualTo(409);
    assertThat(reply.problem()).isEqualTo("insufficient-funds");
  }

  @Test
  void transfers_saidToBeForwardedByWhoIsNoNodeOfTheLedger_isNotExecuted() throws Exception {
    owner.serveAll(1);

    Reply reply =
        owner.post(
            "/transfers",
            "k3",
            BODY,
            Headers.FORWARDED_BY,
            "somebody",
            Headers.FORWARD_NONCE,
            "1",
            Headers.FORWARD_PROOF,
            "2");

    assertThat(reply.status()).isEqualTo(421);
    assertThat(reply.problem()).isEqualTo("other-ledger");
    assertThat(bank.balance("bob")).isZero();
  }

  /** A port that a node of another ledger has taken over, or a registration that was made up. */
  @Test
  void transfers_ownerOfAnotherLedger_bookNothingThereAndAreNotAcknowledged() throws Exception {
    replaceEntryByAnImpatientOne();
    try (Bank other = new Bank()) {
      other.open("alice", 100);
      other.open("bob", 0);
      ApiNode stranger = ApiNode.start(other, "stranger", PATIENT);
      try {
        stranger.serveAll(1);
        entry.owner.show(stranger.port());

        Reply reply = entry.post("/transfers", "k-other", BODY);

        assertThat(reply.status()).isIn(503, 504);
        assertThat(other.balance("bob")).isZero();
      } finally {
        stranger.close();
      }
    }
  }

  private static HttpServer stranger(HttpHandler answer) throws IOException {
    HttpServer stranger =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    stranger.createContext("/", answer);
    stranger.start();
    return stranger;
  }

  /** It may have passed the request on to an owner, whatever it says then. */
  @ParameterizedTest
  @ValueSource(ints = {201, 421})
  void transfers_answeredByAStranger_isAnUnknownOutcome(int status) throws Exception {
    replaceEntryByAnImpatientOne();
    HttpServer stranger =
        stranger(
            exchange -> {
              exchange.getRequestBody().readAllBytes();
              byte[] booked = "{\"status\":\"BOOKED\"}".getBytes(StandardCharsets.UTF_8);
              exchange.sendResponseHeaders(status, booked.length);
              exchange.getResponseBody().write(booked);
              exchange.close();
            });
    try {
      entry.owner.show(stranger.getAddress().getPort());

      Reply reply = entry.post("/transfers", "k-stranger", BODY);

      assertThat(reply.status()).isEqualTo(504);
      assertThat(reply.problem()).isEqualTo("outcome-unknown");
      assertThat(entry.counters.get(Count.STRANGERS)).isPositive();
    } finally {
      stranger.stop(0);
    }
  }

  @Test
  void transfers_strangerThatAnswersWithoutEnd_isNotListenedTo() throws Exception {
    replaceEntryByAnImpatientOne();
    CompletableFuture<Long> cutOffAfter = new CompletableFuture<>();
    HttpServer stranger =
        stranger(
            exchange -> {
              exchange.sendResponseHeaders(201, 0);
              byte[] block = new byte[64 * 1024];
              for (long sent = 0; ; sent += block.length) {
                try {
                  exchange.getResponseBody().write(block);
                } catch (IOException e) {
                  cutOffAfter.complete(sent);
                  return;
                }
              }
            });
    try {
      entry.owner.show(stranger.getAddress().getPort());

      Reply reply = entry.post("/transfers", "k-endless", BODY);

      assertThat(reply.problem()).isEqualTo("outcome-unknown");
      assertThat(cutOffAfter.get(60, TimeUnit.SECONDS))
          .as("what the buffers between the two can take")
          .isLessThan(32L * 1024 * 1024);
    } finally {
      stranger.stop(0);
    }
  }

  @Test
  void transfers_nodesThatPointAtEachOther_endWithoutALoop() throws Exception {
    replaceEntryByAnImpatientOne();
    entry.owner.show(owner.port());
    owner.owner.show(entry.port());

    Reply reply = postUntilKnown("k4");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.problem()).isEqualTo("no-owner");
    assertThat(reply.raw().headers().firstValue("Retry-After")).isPresent();
    assertThat(owner.counters.get(Count.FORWARDED)).isZero();
  }

  @Test
  void transfers_ownerThatAppearsInTime_isFound() throws Exception {
    CompletableFuture<Reply> waiting = postFromEntry("k5");
    entry.owner.show(owner.port());
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> entry.counters.get(Count.FORWARD_RETRIES) > 0);
    owner.serveAll(1);

    assertThat(waiting.get(60, TimeUnit.SECONDS).status()).isEqualTo(201);
  }

  @Test
  void transfers_ownerThatRefusesConnections_is503WithoutEffect() throws Exception {
    replaceEntryByAnImpatientOne();
    try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      entry.owner.show(port.getLocalPort());
    }

    Reply reply = postUntilKnown("k6");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.problem()).isEqualTo("no-owner");
  }

  @Test
  void transfers_ownerThatNeverAnswers_isAnUnknownOutcome() throws Exception {
    replaceEntryByAnImpatientOne();
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      entry.owner.show(silent.getLocalPort());

      Reply reply = entry.post("/transfers", "k7", BODY);

      assertThat(reply.status()).isEqualTo(504);
      assertThat(reply.problem()).isEqualTo("outcome-unknown");
    }
  }

  @Test
  void transfers_unansweredAndThenAnotherIsUnable_isAnUnknownOutcome() throws Exception {
    try (ServerSocket cutting = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        ApiNode unable = ApiNode.start(bank, "unable", BRIEF)) {
      entry.owner.show(cutting.getLocalPort());
      CompletableFuture<Reply> waiting = postFromEntry("k9");
      try (Socket asked = cutting.accept()) {
        assertThat(asked.getInputStream().read()).isNotNegative();
        unable.serveAll(1);
        bank.close();
        entry.owner.show(unable.port());
      }

      Reply reply = waiting.get(60, TimeUnit.SECONDS);

      assertThat(reply.problem()).isEqualTo("outcome-unknown");
      assertThat(reply.status()).isEqualTo(504);
    }
  }

  @Test
  void transfers_staleOwner_isRefusedByTheLedgerAndSentToTheNewOne() throws Exception {
    entry.serveAll(1);
    owner.serveAll(2);
    entry.owner.show(owner.port());

    Reply reply = entry.post("/transfers", "k8", BODY);

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.raw().headers().firstValue(Headers.NODE)).contains("owner");
    assertThat(entry.counters.get(Count.FENCE_REJECTIONS)).isEqualTo(1);
    assertThat(entry.fenced).hasSize(1);
  }
}
