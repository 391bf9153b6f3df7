package io.holdfast.spring.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.spring.app.TestApplication;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.cloud.client.serviceregistry.endpoint.ServiceRegistryEndpoint;
import org.springframework.cloud.zookeeper.serviceregistry.ZookeeperServiceRegistry;
import org.springframework.context.ConfigurableApplicationContext;

/** An application that registers itself here and with Spring Cloud ZooKeeper, as in a migration. */
class DualRegistrationTest {

  private static EmbeddedZooKeeper zookeeper;

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start();
  }

  @AfterAll
  static void stop() {
    zookeeper.close();
  }

  @Test
  void besideZooKeepersOwn_bothRegister_andTheEndpointHasOneRegistry() {
    try (ConfigurableApplicationContext both =
        TestApplication.start(
            "orders",
            "holdfast.connect=" + zookeeper.uri("dual"),
            "spring.cloud.zookeeper.enabled=true",
            "spring.cloud.zookeeper.connect-string=" + zookeeper.connectString(),
            "management.endpoints.web.exposure.include=*")) {
      assertThat(both.getBeansOfType(AutoServiceRegistration.class)).hasSize(1);
      assertThat(both.getBean(ServiceRegistry.class)).isInstanceOf(ZookeeperServiceRegistry.class);
      assertThat(both.getBeansOfType(ServiceRegistryEndpoint.class)).hasSize(1);
      assertThat(both.getBean(Registration.class).getClass().getName()).contains("zookeeper");
      for (DiscoveryClient client :
          both.getBeansOfType(DiscoveryClient.class, false, false).values()) {
        if (client.description().contains("Zookeeper") || client.description().equals("Holdfast")) {
          await().until(() -> client.getInstances("orders").size() == 1);
        }
      }
    }
  }

  @Test
  void alone_theStockEndpointShowsAndSetsTheStatus() {
    try (ConfigurableApplicationContext alone =
        TestApplication.start(
            "orders",
            "holdfast.connect=" + zookeeper.uri("alone"),
            "management.endpoints.web.exposure.include=*")) {
      ServiceRegistryEndpoint endpoint = alone.getBean(ServiceRegistryEndpoint.class);
      await().untilAsserted(() -> assertThat(status(endpoint)).isEqualTo("UP"));
      endpoint.setStatus("out_of_service");
      assertThat(status(endpoint)).isEqualTo("OUT_OF_SERVICE");
    }
  }

  private static Object status(ServiceRegistryEndpoint endpoint) {
    return Objects.requireNonNull(endpoint.getStatus().getBody());
  }
}
