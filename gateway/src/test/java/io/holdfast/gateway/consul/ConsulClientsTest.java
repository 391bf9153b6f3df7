package io.holdfast.gateway.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.ecwid.consul.v1.ConsulClient;
import com.ecwid.consul.v1.OperationException;
import com.ecwid.consul.v1.QueryParams;
import com.ecwid.consul.v1.Response;
import com.ecwid.consul.v1.agent.model.NewService;
import com.ecwid.consul.v1.health.model.HealthService;
import io.holdfast.gateway.GatewayUnderTest;
import io.holdfast.gateway.StoreUnderTest;
import io.holdfast.registry.Registration;
import io.holdfast.registry.ServiceInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.consul.CheckOptions;
import io.vertx.ext.consul.ConsulClientOptions;
import io.vertx.ext.consul.ServiceEntryList;
import io.vertx.ext.consul.ServiceOptions;
import io.vertx.ext.consul.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients of Consul that Java programs use, against the gateway over both stores. */
@Timeout(120)
@ParameterizedClass
@EnumSource
@SuppressWarnings({"deprecation", "NullAway"}) // the calls that programs have; set before all tests
final class ConsulClientsTest {

  private static final String TOKEN = GatewayUnderTest.TOKEN;
  private static final long PATIENCE = 30;

  private static StoreUnderTest.Running store;
  private static GatewayUnderTest gateway;
  private static Vertx vertx;

  private final ConsulClient client = new ConsulClient("127.0.0.1", gateway.port());

  ConsulClientsTest(StoreUnderTest kind) {
    assertThat(kind).isNotNull();
  }

  @BeforeParameterizedClassInvocation
  static void start(StoreUnderTest kind) throws Exception {
    store = kind.start();
    gateway = new GatewayUnderTest(store.uri());
    vertx = Vertx.vertx();
  }

  @AfterParameterizedClassInvocation
  static void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE, TimeUnit.SECONDS);
    gateway.close();
    store.server().close();
  }

  private static NewService service(String name, String id) {
    NewService service = new NewService();
    service.setName(name);
    service.setId(id);
    service.setAddress("10.0.0.1");
    service.setPort(8080);
    service.setTags(List.of("v1", "urlprefix-/" + name));
    service.setMeta(Map.of("zone", "a"));
    NewService.Check check = new NewService.Check();
    check.setTtl("60s");
    service.setCheck(check);
    return service;
  }

  private List<HealthService> health(String name, boolean passing) {
    return client.getHealthServices(name, passing, QueryParams.DEFAULT).getValue();
  }

  @Test
  void consulApi_registersReportsAndDeregisters() {
    client.agentServiceRegister(service("orders", "orders-1"), TOKEN);
    assertThat(health("orders", true)).isEmpty();
    assertThat(health("orders", false).get(0).getChecks().get(0).getStatus().name())
        .isEqualTo("CRITICAL");

    client.agentCheckPass("service:orders-1", "fine", TOKEN);
    HealthService shown = health("orders", true).get(0);
    assertThat(shown.getService().getId()).isEqualTo("orders-1");
    assertThat(shown.getService().getAddress()).isEqualTo("10.0.0.1");
    assertThat(shown.getService().getPort()).isEqualTo(8080);
    assertThat(shown.getService().getTags()).containsExactly("v1", "urlprefix-/orders");
    assertThat(shown.getService().getMeta()).containsEntry("zone", "a");
    assertThat(client.getCatalogServices(QueryParams.DEFAULT).getValue())
        .containsEntry("orders", List.of("urlprefix-/orders", "v1"));
    assertThat(client.getAgentServices().getValue()).containsKey("orders-1");
    assertThat(client.getCatalogService("orders", "v1", QueryParams.DEFAULT).getValue()).hasSize(1);
    assertThat(client.getCatalogService("orders", "v2", QueryParams.DEFAULT).getValue()).isEmpty();

    client.agentCheckWarn("service:orders-1", "", TOKEN);
    assertThat(health("orders", true)).isEmpty();
    client.agentCheckFail("service:orders-1", "", TOKEN);
    assertThat(health("orders", true)).isEmpty();
    client.agentCheckPass("service:orders-1", "", TOKEN);
    assertThat(health("orders", true)).hasSize(1);
  }

  @Test
  void consulApi_maintenance_takesTheServiceOut() throws Exception {
    client.agentServiceRegister(service("stock", "stock-1"), TOKEN);
    client.agentCheckPass("service:stock-1", "", TOKEN);

    assertThat(gateway.put("/v1/agent/service/maintenance/stock-1?enable=true&reason=disk", ""))
        .matches(answer -> answer.statusCode() == 200);
    assertThat(health("stock", true)).isEmpty();
    assertThat(health("stock", false).get(0).getChecks())
        .anyMatch(check -> check.getCheckId().equals("_service_maintenance:stock-1"));
    assertThat(client.getCatalogService("stock", QueryParams.DEFAULT).getValue()).isEmpty();

    gateway.put("/v1/agent/service/maintenance/stock-1?enable=false", "");
    assertThat(health("stock", true)).hasSize(1);

    client.agentServiceDeregister("stock-1", TOKEN);
    assertThat(health("stock", false)).isEmpty();
    assertThat(client.getCatalogServices(QueryParams.DEFAULT).getValue())
        .doesNotContainKey("stock");
    assertThatThrownBy(() -> client.agentServiceDeregister("stock-1", TOKEN))
        .isInstanceOf(OperationException.class);
    assertThatThrownBy(() -> client.agentCheckPass("service:stock-1", "", TOKEN))
        .isInstanceOf(OperationException.class);
  }

  @Test
  void consulApi_blockingQuery_endsWithTheChange() throws Exception {
    client.agentServiceRegister(service("blocked", "blocked-1"), TOKEN);
    Response<List<HealthService>> first =
        client.getHealthServices("blocked", true, QueryParams.DEFAULT);
    assertThat(first.getValue()).isEmpty();
    assertThat(first.getConsulIndex()).isPositive();

    CompletableFuture<Response<List<HealthService>>> next =
        CompletableFuture.supplyAsync(
            () ->
                client.getHealthServices(
                    "blocked", true, new QueryParams(60, first.getConsulIndex())));
    await().until(() -> gateway.waiting() > 0);
    client.agentServiceRegister(service("another", "another-1"), TOKEN);
    assertThat(next).isNotDone();
    client.agentCheckPass("service:blocked-1", "", TOKEN);

    Response<List<HealthService>> second = next.get(PATIENCE, TimeUnit.SECONDS);
    assertThat(second.getValue()).hasSize(1);
    assertThat(second.getConsulIndex()).isGreaterThan(first.getConsulIndex());
    // An index that nobody gave is answered at once, and a wait ends without a change.
    assertThat(client.getHealthServices("blocked", true, new QueryParams(60, 1)).getValue())
        .hasSize(1);
    assertThat(
            client
                .getHealthServices("blocked", true, new QueryParams(1, second.getConsulIndex()))
                .getConsulIndex())
        .isEqualTo(second.getConsulIndex());
  }

  @Test
  void consulApi_withoutTheToken_mayRead() {
    assertThatThrownBy(() -> client.agentServiceRegister(service("no", "no-1")))
        .isInstanceOfSatisfying(
            OperationException.class, e -> assertThat(e.getStatusCode()).isEqualTo(403));
    assertThatThrownBy(() -> client.agentServiceRegister(service("no", "no-1"), "wrong"))
        .isInstanceOf(OperationException.class);
    assertThat(client.getCatalogServices(QueryParams.DEFAULT).getValue()).doesNotContainKey("no");
    assertThat(client.getStatusLeader().getValue()).contains(":8300");
    assertThat(client.getAgentSelf().getValue().getConfig().getDatacenter()).isEqualTo("dc1");
    assertThat(client.getCatalogDatacenters().getValue()).containsExactly("dc1");
  }

  @Test
  void vertxClient_registersAndWatches() throws Exception {
    io.vertx.ext.consul.ConsulClient vertxClient =
        io.vertx.ext.consul.ConsulClient.create(
            vertx,
            new ConsulClientOptions()
                .setHost("127.0.0.1")
                .setPort(gateway.port())
                .setAclToken(TOKEN));
    BlockingQueue<Integer> passing = new LinkedBlockingQueue<>();
    Watch<ServiceEntryList> watch =
        Watch.service(
                "carts",
                vertx,
                new ConsulClientOptions().setHost("127.0.0.1").setPort(gateway.port()))
            .setHandler(
                seen -> {
                  if (seen.succeeded()) {
                    passing.add(
                        (int)
                            seen.nextResult().getList().stream()
                                .filter(
                                    entry ->
                                        entry.getChecks().stream()
                                            .allMatch(
                                                check ->
                                                    check.getStatus().name().equals("PASSING")))
                                .count());
                  }
                })
            .start();
    try {
      done(
          vertxClient.registerService(
              new ServiceOptions()
                  .setName("carts")
                  .setId("carts-1")
                  .setAddress("10.0.0.9")
                  .setPort(80)
                  .setCheckOptions(new CheckOptions().setTtl("30s"))));
      done(vertxClient.passCheck("service:carts-1"));
      await().until(() -> Integer.valueOf(1).equals(passing.poll(1, TimeUnit.SECONDS)));

      assertThat(done(vertxClient.healthServiceNodes("carts", true)).getList()).hasSize(1);
      assertThat(done(vertxClient.localServices())).anyMatch(one -> one.getId().equals("carts-1"));
      assertThat(done(vertxClient.catalogServiceNodes("carts")).getList().get(0).getAddress())
          .isEqualTo("10.0.0.9");
      done(vertxClient.failCheckWithNote("service:carts-1", "disk"));
      await().until(() -> Integer.valueOf(0).equals(passing.poll(1, TimeUnit.SECONDS)));
      done(vertxClient.deregisterService("carts-1"));
      assertThat(done(vertxClient.healthServiceNodes("carts", false)).getList()).isEmpty();
    } finally {
      watch.stop();
      vertxClient.close();
    }
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(PATIENCE, TimeUnit.SECONDS);
  }

  @Test
  void instanceOfAnotherProcess_isShownUntilItsDrainBegins() throws Exception {
    try (Registration mine =
        gateway
            .registry()
            .register(ServiceInstance.http("native", "n-1", "10.0.0.7", 80).withZone("b"))) {
      await().until(() -> health("native", true).size() == 1);
      assertThat(health("native", true).get(0).getService().getMeta()).containsEntry("zone", "b");

      assertThat(mine.drain(Duration.ofSeconds(20)).get(PATIENCE, TimeUnit.SECONDS).isComplete())
          .isTrue();

      assertThat(health("native", true)).isEmpty();
      assertThat(client.getCatalogService("native", QueryParams.DEFAULT).getValue()).isEmpty();
      assertThat(client.getCatalogServices(QueryParams.DEFAULT).getValue())
          .doesNotContainKey("native");
      assertThat(gateway.get("/prometheus/sd/native").body()).isEqualTo("[]");
    }
  }
}
