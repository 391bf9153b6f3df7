package io.holdfast.spring.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.testcontainers.containers.GenericContainer;

/**
 * An application finds the store by the container's annotation. The store is real; it runs in this
 * JVM and not in a container, so that the test needs no Docker.
 */
class ServiceConnectionTest {

  @Test
  void container_withTheAnnotation_isWhereTheApplicationConnects() {
    try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start()) {
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  ServiceConnectionAutoConfiguration.class, HoldfastAutoConfiguration.class))
          .withBean("port", Integer.class, zookeeper::port)
          .withUserConfiguration(WithContainer.class)
          .run(
              context -> {
                assertThat(context).hasNotFailed();
                assertThat(context.getBean(Coordinator.class).toString())
                    .contains("zookeeper://127.0.0.1:" + zookeeper.port() + "/holdfast");
              });
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class WithContainer {

    @Bean
    @ServiceConnection("zookeeper")
    Store store(Integer port) {
      return new Store(port);
    }
  }

  /** Says that it listens where the store does. */
  static final class Store extends GenericContainer<Store> {

    private final int port;

    Store(int port) {
      super("zookeeper:3.9");
      this.port = port;
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
      return true;
    }

    @Override
    public String getHost() {
      return "127.0.0.1";
    }

    @Override
    public Integer getMappedPort(int inside) {
      assertThat(inside).isEqualTo(2181);
      return port;
    }

    /** As every container: there may be many. */
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
