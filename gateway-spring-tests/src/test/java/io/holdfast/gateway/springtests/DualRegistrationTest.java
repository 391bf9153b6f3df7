package io.holdfast.gateway.springtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.etcd.EtcdCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.cloud.client.serviceregistry.endpoint.ServiceRegistryEndpoint;
import org.springframework.cloud.consul.discovery.ConsulDiscoveryClient;
import org.springframework.cloud.netflix.eureka.EurekaDiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;

/** An application that registers itself here and where it did before, as in a migration. */
@Timeout(120)
@SuppressWarnings("NullAway") // set before all tests
class DualRegistrationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static EtcdCluster etcd;
  private static Coordinator coordinator;
  private static Registry registry;

  @BeforeAll
  static void start() {
    etcd = EtcdCluster.start(1);
    coordinator = Coordinator.connect(etcd.uri("new"));
    registry = new Registry(coordinator);
  }

  @AfterAll
  static void stop() {
    registry.close();
    coordinator.close();
    etcd.close();
  }

  private static ConfigurableApplicationContext application(String name, Stream<String> more) {
    return SpringApp.start(
        name,
        Stream.concat(
                more,
                Stream.of(
                    "holdfast.enabled=true",
                    "holdfast.connect=" + etcd.uri("new"),
                    "management.endpoints.web.exposure.include=*"))
            .toArray(String[]::new));
  }

  /** One registration of each, and nothing that is injected by type is ambiguous. */
  private static void isThereTwice(
      ConfigurableApplicationContext both,
      String service,
      Class<? extends DiscoveryClient> old,
      String word) {
    ServiceView view = registry.view(service);
    await().atMost(PATIENCE).until(() -> view.snapshot().up().size() == 1);
    DiscoveryClient there = both.getBean(old);
    await().atMost(PATIENCE).until(() -> there.getInstances(service).size() == 1);
    assertThat(both.getBean(DiscoveryClient.class).getInstances(service)).hasSize(1);
    assertThat(both.getBeansOfType(AutoServiceRegistration.class)).hasSize(1);
    assertThat(both.getBean(ServiceRegistry.class).getClass().getName()).contains(word);
    assertThat(both.getBean(Registration.class).getClass().getName()).contains(word);
    assertThat(both.getBeansOfType(ServiceRegistryEndpoint.class)).hasSize(1);
    assertThat(
            both.getBeansOfType(DiscoveryClient.class, false, false).values().stream()
                .filter(client -> client.description().equals("Holdfast"))
                .map(client -> client.getInstances(service).size()))
        .containsExactly(1);
  }

  @Test
  void besideEurekas_bothRegisterAndBothLeave() throws Exception {
    ServiceView orders = registry.view("orders");
    try (EurekaServer eureka = EurekaServer.start()) {
      Rest rest = new Rest(eureka.uri());
      try (ConfigurableApplicationContext both =
          application(
              "orders",
              Stream.of(
                  "eureka.client.enabled=true",
                  // Jersey is here for the server; clients have RestClient by default.
                  "eureka.client.jersey.enabled=false",
                  "eureka.client.service-url.defaultZone=" + eureka.uri() + "/",
                  "eureka.client.registry-fetch-interval-seconds=1",
                  "eureka.client.initial-instance-info-replication-interval-seconds=0",
                  "eureka.instance.hostname=127.0.0.1"))) {
        isThereTwice(both, "orders", EurekaDiscoveryClient.class, "eureka");
        assertThat(rest.status("GET", "/apps/ORDERS")).isEqualTo(200);
      }
      await().atMost(PATIENCE).until(() -> orders.snapshot().instances().isEmpty());
      await().atMost(PATIENCE).until(() -> rest.status("GET", "/apps/ORDERS") == 404);
    }
  }

  @Test
  void besideConsuls_bothRegisterAndBothLeave(@TempDir Path folder) throws Exception {
    ServiceView accounts = registry.view("accounts");
    try (Coordinator old = Coordinator.connect(etcd.uri("old"));
        Registry there = new Registry(old);
        TestGateway gateway = TestGateway.start(etcd.uri("old"), folder)) {
      ServiceView consuls = there.view("accounts");
      try (ConfigurableApplicationContext both =
          application("accounts", SpringApp.consul(gateway))) {
        isThereTwice(both, "accounts", ConsulDiscoveryClient.class, "consul");
        await().atMost(PATIENCE).until(() -> consuls.snapshot().up().size() == 1);
      }
      await().atMost(PATIENCE).until(() -> accounts.snapshot().instances().isEmpty());
      await().atMost(PATIENCE).until(() -> consuls.snapshot().instances().isEmpty());
    }
  }
}
