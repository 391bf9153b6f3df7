package io.holdfast.payment.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.EndpointStatistics;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.OutlierDetection;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import io.holdfast.payment.scenario.wallet.Transfer;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which of three nodes a client sends to, and what it does when that does not help. */
class RoutingTest {

  private static final ShardMap MAP = new ShardMap(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int REQUESTS = 20;

  private final Node a = new Node("a");
  private final Node b = new Node("b");
  private final Node c = new Node("c");
  private final ClientJournal journal = new ClientJournal();
  private final LoadRecord record = new LoadRecord();
  private volatile ServiceSnapshot shown = ServiceSnapshot.unknown(PaymentDirectory.SERVICE);
  private final LoadBalancer nodes =
      new LoadBalancer(
          () -> shown, Policy.leastRequest().withOutlierDetection(OutlierDetection.standard()));
  private final PaymentClient client =
      new PaymentClient(LoadTarget.open(nodes, MAP), journal, record, PATIENCE);
  private int keys;

  /** Answers transfers with one status, and counts them. */
  private static final class Node {
    final String id;
    final HttpServer server;
    final AtomicInteger asked = new AtomicInteger();
    volatile int status = 201;

    Node(String id) {
      this.id = id;
      try {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      server.createContext(
          "/transfers",
          exchange -> {
            asked.incrementAndGet();
            exchange.getRequestBody().readAllBytes();
            if (status == 409) {
              exchange.getResponseHeaders().add("Retry-After", "1");
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
          });
      server.start();
    }

    RegisteredInstance owning(String shards) {
      int port = server.getAddress().getPort();
      return new RegisteredInstance(
          ServiceInstance.http(PaymentDirectory.SERVICE, id, "127.0.0.1", port)
              .withMetadata(PaymentDirectory.SHARDS, shards),
          new Revision(1));
    }
  }

  @BeforeEach
  void open() {
    show(a.owning("0"), b.owning(""), c.owning(""));
  }

  @AfterEach
  void close() {
    List.of(a, b, c).forEach(node -> node.server.stop(0));
  }

  private void show(RegisteredInstance... instances) {
    shown =
        new ServiceSnapshot(
            PaymentDirectory.SERVICE,
            new Revision(shown.revision().value() + 1),
            Freshness.LIVE,
            List.of(instances));
  }

  private void send(int requests) throws InterruptedException {
    for (int i = 0; i < requests; i++) {
      LoadRequest request =
          LoadRequest.of(
              "anna",
              new Transfer(),
              new Transfer.Request(new AccountId("x"), new AccountId("y"), 1, "EUR"),
              new IdempotencyKey("key-" + ++keys));
      assertThat(client.send(request, System.nanoTime()).verdict()).isEqualTo(Verdict.DONE);
    }
  }

  private long failures() {
    return nodes.statistics().stream().mapToLong(EndpointStatistics::failures).sum();
  }

  @Test
  void send_ownerIsShown_goesToItAlone_alsoAfterAChange() throws Exception {
    send(REQUESTS);
    show(a.owning(""), b.owning("0"), c.owning(""));
    send(REQUESTS);

    assertThat(List.of(a.asked.get(), b.asked.get(), c.asked.get()))
        .containsExactly(REQUESTS, REQUESTS, 0);
  }

  @Test
  void send_nobodyIsShownAsOwner_goesToAny() throws Exception {
    show(a.owning(""), b.owning("7"), c.owning("x"));

    send(REQUESTS);

    assertThat(List.of(a, b, c)).allMatch(node -> node.asked.get() > 0);
  }

  /** Most of its requests are not even tried there, once some in a row were in vain. */
  @Test
  void send_ownerIsGone_goesToTheOthers() throws Exception {
    a.server.stop(0);

    send(REQUESTS);

    assertThat(b.asked.get() + c.asked.get()).isEqualTo(REQUESTS);
    assertThat(failures()).isBetween(1L, REQUESTS / 2L);
  }

  @Test
  void send_ownerCannot_isDoneByAnotherUnderTheSameKey() throws Exception {
    a.status = 503;

    send(3);

    assertThat(a.asked.get()).isEqualTo(3);
    assertThat(b.asked.get() + c.asked.get()).isEqualTo(3);
    assertThat(record.report().unknownResolved()).isEqualTo(3);
  }

  /** Whoever says that it is at work, or not the owner, is a good node. */
  @Test
  void send_toldToComeAgainOrElsewhere_isSentElsewhereAndNoNodeIsToBlame() throws Exception {
    for (int status : List.of(409, 421)) {
      a.status = status;
      send(3);
    }

    assertThat(a.asked.get()).isEqualTo(6);
    assertThat(b.asked.get() + c.asked.get()).isEqualTo(6);
    assertThat(failures()).isZero();
  }

  @Test
  void ownerFirst_manyShards_eachHasItsOwn() {
    show(a.owning("0,3"), b.owning("1"), c.owning("2"));

    assertThat(
            IntStream.range(0, 4)
                .mapToObj(shard -> PaymentDirectory.ownerFirst(nodes, shard).choose().orElseThrow())
                .map(chosen -> chosen.instance().id()))
        .containsExactly("a", "b", "c", "a");
  }
}
