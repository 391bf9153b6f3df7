package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.payment.ledger.audit.Check;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.load.LoadConfig;
import io.holdfast.payment.load.LoadGenerator;
import io.holdfast.payment.load.LoadTarget;
import io.holdfast.payment.load.Recovery;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.testkit.network.Link.Direction;
import io.holdfast.testkit.network.ProxyLink;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Three nodes under load, and one of them goes. */
@Order(1)
class PaymentClusterTest {

  private static final LoadConfig LOAD = LoadConfig.of("run").withSize(4, 24);

  private TestCluster cluster;
  private PaymentNode a;
  private PaymentNode b;
  private PaymentNode c;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster();
    a = cluster.start("node-a");
    b = cluster.start("node-b");
    c = cluster.start("node-c");
    cluster.awaitOwned(a, b, c);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private LoadGenerator load(LoadConfig config) throws InterruptedException {
    return load(config, cluster.directory().nodes());
  }

  private static LoadGenerator load(LoadConfig config, LoadBalancer nodes)
      throws InterruptedException {
    LoadGenerator load = new LoadGenerator(config, LoadTarget.open(nodes, TestCluster.MAP));
    load.openAccounts();
    load.start();
    return load;
  }

  private static void awaitMore(LoadGenerator load, long requests) {
    long goal = load.report().acknowledged() + requests;
    await().atMost(TestCluster.LIMIT).until(() -> load.report().acknowledged() >= goal);
  }

  private static void awaitBack(Recovery recovery, List<Integer> shards) {
    await().atMost(TestCluster.LIMIT).until(() -> recovery.longest(shards).isPresent());
  }

  private void assertClean(LoadGenerator load) throws Exception {
    Findings findings = cluster.audit(load.journal());
    assertThat(findings.isClean()).as("%s", findings.lines()).isTrue();
    assertThat(findings.looked(Check.ACKNOWLEDGED)).isEqualTo(load.report().acknowledged());
    assertThat(load.report().unresolved()).isZero();
  }

  @Test
  void transfers_throughOneNode_reachTheOwnersAndTheBooksAreClean() throws Exception {
    LoadBalancer first = cluster.directory().nodes().where(node -> node.id().equals(a.id()));
    try (LoadGenerator load = load(LOAD.withOpeningBalance(1_500), first)) {
      awaitMore(load, 200);
      load.stop();

      assertThat(load.report().refused()).isPositive();
      assertThat(a.counters().get(Count.FORWARDED)).isPositive();
      assertThat(a.counters().get(Count.ACKNOWLEDGED)).isPositive();
      assertThat(load.report().p99()).isPositive();
      assertClean(load);
    }
  }

  @Test
  void transfers_byClientsThatKnowTheOwners_areForwardedByNobody() throws Exception {
    try (LoadGenerator load = load(LOAD)) {
      awaitMore(load, 100);
      load.stop();

      assertThat(List.of(a, b, c))
          .allMatch(node -> node.counters().get(Count.FORWARDED) == 0)
          .allMatch(node -> node.counters().get(Count.ACKNOWLEDGED) > 0);
      assertClean(load);
    }
  }

  @Test
  void metrics_tellTheStatesOfShards() throws Exception {
    String told = get(a, "/metrics").body();

    Map.of("owned", 2, "waiting", 0, "sealing", 0, "leaving", 0, "moving", 0, "unowned", 0)
        .forEach(
            (state, count) ->
                assertThat(told)
                    .contains("payment_shards{state=\"" + state + "\"} " + count + ".0"));
  }

  @Test
  void close_oneNode_handsItsShardsToTheOthersWithoutLoss() throws Exception {
    try (LoadGenerator load = load(LOAD)) {
      awaitMore(load, 50);
      List<Integer> moved = new ArrayList<>(TestCluster.shardsOf(a));
      Recovery recovery = load.recovery();

      a.close();

      cluster.awaitOwned(b, c);
      awaitBack(recovery, moved);
      awaitMore(load, 50);
      load.stop();
      assertClean(load);
    }
  }

  @Test
  void cutOff_oneNode_isTakenOverAndComesBackUnharmed() throws Exception {
    try (LoadGenerator load = load(LOAD)) {
      awaitMore(load, 50);
      List<Integer> orphaned = new ArrayList<>(TestCluster.shardsOf(a));
      Recovery recovery = load.recovery();

      cluster.cutOff(a);
      cluster.awaitOwned(b, c);
      awaitBack(recovery, orphaned);
      assertThat(a.owned()).isEmpty();

      cluster.reconnect(a);
      cluster.awaitOwned(a, b, c);
      awaitBack(load.recovery(), TestCluster.allShards());
      load.stop();
      assertClean(load);
    }
  }

  /**
   * Views go on showing one of them for three session time-outs more; plans do not wait for that.
   */
  @Test
  void cutOff_twoNodesTogether_theThirdTakesTheirShardsAtOnce() throws Exception {
    try (LoadGenerator load = load(LOAD)) {
      awaitMore(load, 50);

      cluster.cutOff(a);
      cluster.cutOff(b);
      await().atMost(TestCluster.LIMIT).until(() -> !cluster.held().isEmpty());
      cluster.awaitOwned(c);

      awaitBack(load.recovery(), TestCluster.allShards());
      load.stop();
      assertClean(load);
    }
  }

  @Test
  void start_oneMore_takesItsShareUnderLoad() throws Exception {
    a.close();
    cluster.awaitOwned(b, c);
    try (LoadGenerator load = load(LOAD)) {
      awaitMore(load, 50);

      PaymentNode d = cluster.start("node-d");

      cluster.awaitOwned(b, c, d);
      awaitBack(load.recovery(), TestCluster.allShards());
      load.stop();
      assertClean(load);
    }
  }

  /** It still has its locks, so without a word from it nobody else would serve its shards. */
  @Test
  void database_unreachableForOneNode_itsShardsGoToTheOthersUntilItIsBack() throws Exception {
    c.close();
    try (ProxyLink link = cluster.databaseLink()) {
      PaymentNode d = cluster.start("node-d", link);
      cluster.awaitOwned(a, b, d);
      assertThat(ready(d)).isEqualTo(200);

      link.reset();
      Set.of(Direction.values()).forEach(link::cut);

      cluster.awaitOwned(a, b);
      assertThat(ready(d)).isEqualTo(503);

      link.heal();
      cluster.awaitOwned(a, b, d);
      assertThat(ready(d)).isEqualTo(200);
    }
  }

  private static int ready(PaymentNode node) throws Exception {
    return get(node, "/ready").statusCode();
  }

  private static HttpResponse<String> get(PaymentNode node, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.url() + path))
            .header("Authorization", "Bearer me")
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }

  @Test
  void close_aClientHasNotSeenItYet_thePortStaysOpenUntilItHas() throws Exception {
    CompletableFuture<Void> seen = new CompletableFuture<>();
    cluster.view().onChangeAsync(change -> seen);
    Thread closing = new Thread(a::close, "closing");
    closing.start();
    cluster.awaitOwned(b, c);

    int status = ready(a);
    seen.complete(null);
    closing.join(TestCluster.LIMIT.toMillis());

    assertThat(status).as("it answers, and says that it is leaving").isEqualTo(503);
    assertThat(closing.isAlive()).isFalse();
    assertThatThrownBy(() -> ready(a)).isInstanceOf(ConnectException.class);
  }
}
