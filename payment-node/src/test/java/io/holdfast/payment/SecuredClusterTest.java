package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.http.server.tls.HttpTls;
import io.holdfast.http.server.tls.TlsIdentity;
import io.holdfast.http.server.tls.TlsOptions;
import io.holdfast.payment.http.Headers;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.load.FenceRejections;
import io.holdfast.payment.load.LoadCallers;
import io.holdfast.payment.load.LoadConfig;
import io.holdfast.payment.load.LoadGenerator;
import io.holdfast.payment.load.LoadTarget;
import io.holdfast.payment.metrics.Counters.Count;
import io.holdfast.payment.security.ApiKey;
import io.holdfast.payment.security.CallerAdmin;
import io.holdfast.testkit.tls.TestAuthority;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two nodes that speak TLS and ask for certificates, as in production, and callers with their keys.
 */
class SecuredClusterTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static TestAuthority authority;
  private static TestCluster cluster;
  private static PaymentNode a;
  private static PaymentNode b;
  private static CallerAdmin admin;
  private static HttpClient client;
  private static ApiKey olga;
  private static ApiKey otto;
  private static ApiKey alice;

  @BeforeAll
  static void start() throws Exception {
    authority = TestAuthority.create("bank");
    cluster = new TestCluster();
    admin = new CallerAdmin(cluster.observer());
    olga = add("olga", Role.OPERATOR);
    otto = add("otto", Role.OPERATOR);
    alice = add("alice", Role.CUSTOMER);
    NodeSecurity security =
        NodeSecurity.plain().withTls(tls(authority.server(), ClientAuth.REQUIRED));
    a = cluster.start("node-a", security);
    b = cluster.start("node-b", security);
    client =
        HttpTls.load(tls(authority.client("gateway"), ClientAuth.NONE))
            .secure(HttpClient.newBuilder())
            .build();
    cluster.awaitOwned(a, b);
  }

  @AfterAll
  static void stop() {
    cluster.close();
    authority.close();
  }

  private static TlsOptions tls(ClientCertificate certificate, ClientAuth clients) {
    return new TlsOptions(new TlsIdentity.Pem(certificate), Optional.of(authority.pem()), clients);
  }

  private static ApiKey add(String name, Role role) throws Exception {
    return admin.add(name, Set.of(role), "test").get(30, TimeUnit.SECONDS);
  }

  private static HttpRequest.Builder request(PaymentNode node, String path, String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(node.url() + path)).timeout(Duration.ofSeconds(30));
    return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
  }

  private static HttpResponse<String> get(PaymentNode node, String path, String key)
      throws IOException, InterruptedException {
    return client.send(request(node, path, key).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(
      PaymentNode node, String path, String name, JsonObject body, ApiKey key)
      throws IOException, InterruptedException {
    return client.send(
        request(node, path, key.reveal())
            .header(Headers.IDEMPOTENCY_KEY, name)
            .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
            .build(),
        BodyHandlers.ofString());
  }

  /** An account that lives on a shard of this node. */
  private static String accountAt(PaymentNode node, String name) {
    List<Integer> shards = TestCluster.shardsOf(node);
    return IntStream.range(0, 1_000)
        .mapToObj(number -> name + "-" + number)
        .filter(id -> shards.contains(TestCluster.MAP.shardOf(new AccountId(id))))
        .findFirst()
        .orElseThrow();
  }

  private static void open(PaymentNode node, String account, String owner) throws Exception {
    JsonObject body =
        new JsonObject().put("account", account).put("owner", owner).put("currency", "EUR");
    assertThat(post(node, "/accounts", "open-" + account, body, olga).statusCode()).isEqualTo(201);
  }

  private static void fund(PaymentNode node, String account, long amount) throws Exception {
    JsonObject money =
        new JsonObject().put("amount", amount).put("currency", "EUR").put("reason", "paper 7");
    HttpResponse<String> proposed =
        post(node, "/accounts/" + account + "/funding", "fund-" + account, money, olga);
    assertThat(proposed.statusCode()).as(proposed.body()).isEqualTo(202);
    String approve =
        "/approvals/" + new JsonObject(proposed.body()).getString("approval") + "/approve";
    JsonObject repeated =
        new JsonObject()
            .put("operation", "fund")
            .put("request", money.copy().put("account", account));
    assertThat(post(node, approve, "approve-" + account, repeated, otto).statusCode())
        .isEqualTo(200);
  }

  private static long posted(PaymentNode node, String account) throws Exception {
    return new JsonObject(get(node, "/accounts/" + account, olga.reveal()).body())
        .getLong("posted");
  }

  @Test
  void money_acrossNodes_movesForItsOwnerAndExistsForNobodyElse() throws Exception {
    String payer = accountAt(a, "payer");
    String payee = accountAt(b, "payee");
    open(a, payer, "alice");
    open(a, payee, "bob");
    fund(b, payer, 1_000);
    JsonObject transfer =
        new JsonObject()
            .put("from", payer)
            .put("to", payee)
            .put("amount", 250)
            .put("currency", "EUR");
    JsonObject back = transfer.copy().put("from", payee).put("to", payer);

    HttpResponse<String> done = post(b, "/transfers", "t1", transfer, alice);

    assertThat(done.statusCode()).as(done.body()).isEqualTo(201);
    assertThat(posted(b, payer)).isEqualTo(750);
    // Only the payer's shard shows it at once.
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(posted(a, payee)).isEqualTo(250));
    assertThat(b.counters().get(Count.FORWARDED)).isPositive();
    assertThat(post(a, "/transfers", "t2", back, alice).statusCode()).isEqualTo(404);
    assertThat(get(a, "/accounts/" + payee, alice.reveal()).statusCode()).isEqualTo(404);
    assertThat(get(a, "/accounts/" + payer, alice.reveal()).statusCode()).isEqualTo(200);
    assertThat(post(a, "/accounts", "o9", transfer, alice).statusCode()).isEqualTo(403);
  }

  @Test
  void about_theNode_isForOperatorsAndWhetherItServesForEverybody() throws Exception {
    for (String path : List.of("/health", "/shards", "/metrics")) {
      assertThat(get(a, path, alice.reveal()).statusCode()).as(path).isEqualTo(403);
      assertThat(get(a, path, olga.reveal()).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(get(a, "/live", "").statusCode()).isEqualTo(200);
    assertThat(get(b, "/ready", "").statusCode()).isEqualTo(200);
  }

  @Test
  void client_ofNoCertificateOrWithoutTls_isNotHeard() {
    assertThatThrownBy(
            () ->
                HttpClient.newHttpClient()
                    .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + a.port() + "/live"))
                            .build(),
                        BodyHandlers.discarding()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () ->
                HttpClient.newHttpClient()
                    .send(request(a, "/live", "").build(), BodyHandlers.discarding()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void key_thatIsWrong_isRefusedAndTheConnectionEndsAfterAFewTries() throws Exception {
    String right = alice.reveal();
    String other = otto.reveal();
    String wrong =
        right.substring(0, right.lastIndexOf('_')) + other.substring(other.lastIndexOf('_'));
    int tries = 0;
    HttpResponse<String> answer;
    do {
      answer = get(b, "/accounts", wrong);
      assertThat(answer.statusCode()).isEqualTo(401);
      tries++;
    } while (answer.headers().firstValue("Connection").isEmpty() && tries < 100);

    assertThat(answer.headers().firstValue("Connection")).contains("close");
    assertThat(get(b, "/accounts", alice.reveal()).statusCode())
        .as("on a new connection")
        .isEqualTo(200);
  }

  @Test
  void key_revoked_isRefusedByBothNodes() throws Exception {
    ApiKey carol = add("carol", Role.CUSTOMER);
    for (PaymentNode node : List.of(a, b)) {
      await()
          .atMost(PATIENCE)
          .until(() -> get(node, "/accounts", carol.reveal()).statusCode() == 200);
    }

    admin.revokeKey("carol", carol.id(), "test").get(30, TimeUnit.SECONDS);

    for (PaymentNode node : List.of(a, b)) {
      await()
          .atMost(PATIENCE)
          .until(() -> get(node, "/accounts", carol.reveal()).statusCode() == 401);
    }
  }

  @Test
  void load_overTlsInTheNamesOfItsCallers_isDone() throws Exception {
    LoadConfig config = LoadConfig.of("load").withSize(2, 4);
    LoadCallers callers = new LoadCallers("load");
    Map<String, ApiKey> keys = new HashMap<>();
    for (Map.Entry<String, Role> each : callers.roles().entrySet()) {
      keys.put(each.getKey(), add(each.getKey(), each.getValue()));
    }
    LoadTarget target =
        LoadTarget.open(cluster.directory().nodes(), TestCluster.MAP)
            .secured(
                HttpTls.load(tls(authority.client("load"), ClientAuth.NONE)),
                name -> Objects.requireNonNull(keys.get(name)).reveal());
    try (LoadGenerator load = new LoadGenerator(config, target)) {
      load.openAccounts();
      long opened = load.report().acknowledged();
      load.start();
      await().atMost(PATIENCE).until(() -> load.report().acknowledged() >= opened + 10);
      load.stop();

      assertThat(load.report().unresolved()).isZero();
      assertThat(load.report().refused()).isZero();
    }
    assertThat(FenceRejections.of(cluster.view().snapshot(), target, callers.auditor())).isZero();
    assertThat(target.toString()).doesNotContain(target.keys().apply("load"));
  }
}
