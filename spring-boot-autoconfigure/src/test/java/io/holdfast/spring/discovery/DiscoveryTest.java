package io.holdfast.spring.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.spring.app.TestApplication;
import io.holdfast.spring.registration.InstanceLifecycle;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.RestClient;

/** Spring Cloud's discovery and balancing over a real ZooKeeper that goes away. */
class DiscoveryTest {

  private static EmbeddedZooKeeper zookeeper;

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start();
  }

  @AfterAll
  static void stop() {
    zookeeper.close();
  }

  private static ConfigurableApplicationContext application(
      String namespace, String name, String... more) {
    String[] properties = new String[more.length + 2];
    properties[0] = "holdfast.connect=" + zookeeper.uri(namespace);
    properties[1] = "holdfast.session-timeout=4s";
    System.arraycopy(more, 0, properties, 2, more.length);
    return TestApplication.start(name, properties);
  }

  @Test
  void application_started_isFoundWithItsPortUntilItDrains() {
    try (ConfigurableApplicationContext accounts =
            application("found", "accounts", "holdfast.service.zone=z1");
        ConfigurableApplicationContext caller = application("found", "caller")) {
      DiscoveryClient client = caller.getBean("holdfastDiscoveryClient", DiscoveryClient.class);
      await().until(() -> client.getInstances("accounts").size() == 1);
      ServiceInstance found = client.getInstances("accounts").get(0);
      assertThat(found.getUri()).hasToString("http://127.0.0.1:" + TestApplication.port(accounts));
      assertThat(found.getMetadata()).containsEntry("zone", "z1");
      assertThat(client.getServices()).contains("accounts", "caller");
      assertThat(
              caller
                  .getBean(ReactiveDiscoveryClient.class)
                  .getInstances("accounts")
                  .collectList()
                  .block(Duration.ofSeconds(5)))
          .hasSize(1);

      Registration mine = accounts.getBean(InstanceLifecycle.class).registration().orElseThrow();
      assertThat(mine.drain(Duration.ofSeconds(5)).join().isComplete()).isTrue();
      assertThat(client.getInstances("accounts")).isEmpty();
      assertThat(caller.getBean(LoadBalancerClient.class).choose("accounts")).isNull();
    }
  }

  /**
   * Spring Cloud Gateway makes its routes of services anew at a heartbeat, and at no other time.
   */
  @Test
  void gatewayWithDiscoveredRoutes_serviceComesAndGoes_routesDoToo() throws Exception {
    HttpServer accounts =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    accounts.createContext(
        "/work",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    accounts.start();
    try (ConfigurableApplicationContext gateway =
        application(
            "routed",
            "gateway",
            "spring.main.web-application-type=reactive",
            "spring.cloud.gateway.server.webflux.enabled=true",
            "spring.cloud.gateway.server.webflux.discovery.locator.enabled=true")) {
      RestClient caller =
          RestClient.create("http://127.0.0.1:" + TestApplication.port(gateway) + "/accounts");
      assertThat(status(caller)).isEqualTo(HttpStatus.NOT_FOUND);
      io.holdfast.registry.ServiceInstance instance =
          io.holdfast.registry.ServiceInstance.http(
              "accounts", "a-1", "127.0.0.1", accounts.getAddress().getPort());
      try (Registration ignored = gateway.getBean(Registry.class).register(instance)) {
        await().until(() -> status(caller).equals(HttpStatus.OK));
      }
      await().until(() -> status(caller).equals(HttpStatus.NOT_FOUND));
    } finally {
      accounts.stop(0);
    }
  }

  private static HttpStatusCode status(RestClient caller) {
    return caller.get().uri("/work").exchange((request, response) -> response.getStatusCode());
  }

  @Test
  void store_away_viewsStayAndHealthIsUp() throws Exception {
    try (ConfigurableApplicationContext caller = application("away", "accounts")) {
      DiscoveryClient client = caller.getBean("holdfastDiscoveryClient", DiscoveryClient.class);
      LoadBalancerClient balancer = caller.getBean(LoadBalancerClient.class);
      await().until(() -> balancer.choose("accounts") != null);
      zookeeper.stop();
      try {
        Registry registry = caller.getBean(Registry.class);
        await()
            .atMost(Duration.ofSeconds(15))
            .until(() -> registry.shown("accounts").orElseThrow().freshness() == Freshness.STALE);
        assertThat(client.getInstances("accounts")).hasSize(1);
        assertThat(client.getServices()).contains("accounts");
        assertThat(balancer.choose("accounts")).isNotNull();
        HoldfastDiscoveryHealth health = caller.getBean(HoldfastDiscoveryHealth.class);
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        assertThat(health.health().getDetails().toString()).contains("STALE");
      } finally {
        zookeeper.restart();
      }
    }
  }
}
