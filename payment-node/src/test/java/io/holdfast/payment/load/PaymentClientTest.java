package io.holdfast.payment.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import io.holdfast.payment.scenario.wallet.Transfer;
import io.holdfast.payment.testing.OneNode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client makes of answers, and of their absence. */
class PaymentClientTest {

  /** Stands for an exchange that is cut without an answer. */
  private static final int CUT = 0;

  private static final IdempotencyKey KEY = new IdempotencyKey("the-key");

  private static final LoadRequest REQUEST =
      LoadRequest.of(
          "anna",
          new Transfer(),
          new Transfer.Request(new AccountId("a"), new AccountId("b"), 1, "EUR"),
          KEY);

  private final Deque<Integer> answers = new ArrayDeque<>();
  private final List<String> keysSeen = new CopyOnWriteArrayList<>();
  private final ClientJournal journal = new ClientJournal();
  private final LoadRecord record = new LoadRecord();
  private HttpServer server;

  @BeforeEach
  void open() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/transfers",
        exchange -> {
          keysSeen.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
          exchange.getRequestBody().readAllBytes();
          int status = answers.size() > 1 ? answers.pop() : answers.element();
          if (status != CUT) {
            exchange.sendResponseHeaders(status, -1);
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private Verdict send(Duration patience, Integer... statuses) throws InterruptedException {
    answers.addAll(List.of(statuses));
    OneNode node = new OneNode();
    node.show(server.getAddress().getPort());
    PaymentClient client =
        new PaymentClient(
            LoadTarget.open(node.balancer(), new ShardMap(1)), journal, record, patience);
    return client.send(REQUEST, System.nanoTime()).verdict();
  }

  private Verdict noted() {
    return journal.line(REQUEST.requestKey()).orElseThrow().verdict();
  }

  @Test
  void send_booked_isAcknowledged() throws Exception {
    assertThat(send(Duration.ofSeconds(60), 201)).isEqualTo(Verdict.DONE);
    assertThat(noted()).isEqualTo(Verdict.DONE);
    assertThat(record.report().unknownResolved()).isZero();
  }

  @Test
  void send_refused_isNotTriedAgain() throws Exception {
    assertThat(send(Duration.ofSeconds(60), 409)).isEqualTo(Verdict.REFUSED);
    assertThat(keysSeen).hasSize(1);
  }

  @Test
  void send_replyLost_isTriedAgainUnderTheSameKey() throws Exception {
    assertThat(send(Duration.ofSeconds(60), CUT, 503, 201)).isEqualTo(Verdict.DONE);

    assertThat(keysSeen).hasSizeGreaterThanOrEqualTo(3).containsOnly(KEY.value());
    assertThat(record.report().unknownResolved()).isEqualTo(1);
    assertThat(record.report().unresolved()).isZero();
  }

  @Test
  void send_neverADefiniteAnswer_isUnresolved() throws Exception {
    assertThat(send(Duration.ofMillis(300), 503)).isEqualTo(Verdict.UNKNOWN);

    assertThat(noted()).isEqualTo(Verdict.UNKNOWN);
    assertThat(record.report().unresolved()).isEqualTo(1);
  }

  @Test
  void longest_ofRecovery_countsOnlyRequestsBegunAfterIt() {
    long before = System.nanoTime();
    Recovery recovery = record.recovery(2);

    record.acknowledged(0, before - 1);
    assertThat(recovery.of(0)).isEmpty();
    record.acknowledged(0, System.nanoTime());
    assertThat(recovery.longest(List.of(0))).isPresent();
    assertThat(recovery.longest(List.of(0, 1))).isEmpty();
  }
}
