package io.holdfast.gateway.springtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.cloud.consul.discovery.ConsulDiscoveryClient;
import org.springframework.cloud.consul.discovery.reactive.ConsulReactiveDiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** Applications with Spring Cloud Consul, whose Consul is a gateway. */
@Timeout(120)
@SuppressWarnings("NullAway") // set before all tests
class SpringConsulTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static EmbeddedZooKeeper zookeeper;
  private static Coordinator coordinator;
  private static Registry registry;
  private static TestGateway gateway;

  /** Registers with the check by HTTP that it has by default, and reads its configuration. */
  private static ConfigurableApplicationContext byHttp;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    zookeeper = EmbeddedZooKeeper.start();
    coordinator = Coordinator.connect(zookeeper.uri("consul"));
    registry = new Registry(coordinator);
    gateway = TestGateway.start(zookeeper.uri("consul"), folder);
    put("config/orders/greeting", "hello");
    put("config/application/greeting", "hi");
    put("config/application/colour", "blue");
    byHttp =
        application(
            "orders",
            "spring.config.import=consul:",
            "spring.cloud.consul.config.enabled=true",
            "spring.cloud.consul.config.acl-token=" + TestGateway.TOKEN,
            "spring.cloud.consul.config.watch.delay=50",
            "spring.cloud.consul.config.watch.wait-time=1",
            "spring.cloud.consul.discovery.health-check-interval=1s",
            "spring.cloud.consul.discovery.tags=blue,v1");
  }

  @AfterAll
  static void stop() {
    byHttp.close();
    gateway.close();
    registry.close();
    coordinator.close();
    zookeeper.close();
  }

  private static ConfigurableApplicationContext application(String name, String... more) {
    return SpringApp.start(
        name, Stream.concat(SpringApp.consul(gateway), Stream.of(more)).toArray(String[]::new));
  }

  private static void put(String key, String value) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/v1/kv/" + key))
            .header("X-Consul-Token", TestGateway.TOKEN)
            .PUT(BodyPublishers.ofString(value))
            .build();
    assertThat(HTTP.send(request, BodyHandlers.ofString()).body()).isEqualTo("true");
  }

  private static List<Integer> ports(ServiceView view) {
    return view.snapshot().up().stream()
        .map(there -> there.instance().port(ServiceInstance.HTTP).orElse(0))
        .toList();
  }

  private static int port(ConfigurableApplicationContext application) {
    return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  private static List<Integer> found(ConfigurableApplicationContext by, String service) {
    return by.getBean(ConsulDiscoveryClient.class).getInstances(service).stream()
        .map(there -> there.getPort())
        .toList();
  }

  @Test
  void applications_findEachOtherAndOurs_withBothKindsOfChecks() throws Exception {
    ServiceView orders = registry.view("orders");
    ServiceView accounts = registry.view("accounts");
    registry.register(ServiceInstance.http("billing", "billing-1", "127.0.0.1", 9_001));
    try (ConfigurableApplicationContext byTtl =
        application(
            "accounts",
            "spring.cloud.consul.discovery.heartbeat.enabled=true",
            "spring.cloud.consul.discovery.heartbeat.ttl=2s",
            "spring.cloud.consul.discovery.query-passing=true")) {
      await().atMost(PATIENCE).until(() -> ports(orders).equals(List.of(port(byHttp))));
      await().atMost(PATIENCE).until(() -> ports(accounts).equals(List.of(port(byTtl))));

      assertThat(found(byTtl, "orders")).containsExactly(port(byHttp));
      assertThat(found(byHttp, "accounts")).containsExactly(port(byTtl));
      assertThat(found(byHttp, "billing")).containsExactly(9_001);
      assertThat(byHttp.getBean(ConsulDiscoveryClient.class).getServices())
          .contains("orders", "accounts", "billing");
      assertThat(
              byTtl
                  .getBean(ConsulReactiveDiscoveryClient.class)
                  .getInstances("orders")
                  .collectList()
                  .block(PATIENCE))
          .hasSize(1);
      assertThat(orders.snapshot().up().get(0).instance().tags()).contains("blue", "v1");

      byHttp.getBean(SpringApp.OwnHealth.class).set(false);
      await().atMost(PATIENCE).until(() -> found(byTtl, "orders").isEmpty());
      assertThat(orders.snapshot().instances().get(0).instance().status())
          .isEqualTo(InstanceStatus.DOWN);
      byHttp.getBean(SpringApp.OwnHealth.class).set(true);
      await().atMost(PATIENCE).until(() -> found(byTtl, "orders").size() == 1);

      // Two checks by HTTP later its TTL has passed: the heartbeat keeps it.
      assertThat(ports(accounts)).containsExactly(port(byTtl));
    }
    await().atMost(PATIENCE).until(() -> accounts.snapshot().instances().isEmpty());
  }

  @Test
  void configuration_isReadAndFollowed_andOtherKeysRefreshNothing() throws Exception {
    Environment now = byHttp.getEnvironment();
    SpringApp.Refreshes refreshes = byHttp.getBean(SpringApp.Refreshes.class);
    assertThat(now.getProperty("greeting")).isEqualTo("hello");
    assertThat(now.getProperty("colour")).isEqualTo("blue");

    put("config/application/colour", "red");
    await().atMost(PATIENCE).until(() -> "red".equals(now.getProperty("colour")));

    int before = refreshes.count();
    put("config/other/colour", "green");
    put("shopping", "1");
    put("config/orders/greeting", "good day");
    await().atMost(PATIENCE).until(() -> "good day".equals(now.getProperty("greeting")));
    assertThat(refreshes.count()).isEqualTo(before + 1);
  }
}
