package io.holdfast.gateway.springtests;

import io.holdfast.testkit.process.FreePorts;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.cloud.endpoint.event.RefreshEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A web application with the starters of Consul, Eureka and Holdfast, each as its properties say.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class SpringApp {

  /** Starts one on a free port of loopback. Close it. */
  static ConfigurableApplicationContext start(String name, String... properties) {
    return new SpringApplicationBuilder(SpringApp.class)
        .properties(
            "spring.config.name=none",
            "spring.application.name=" + name,
            "server.port=" + FreePorts.find(1).get(0),
            "server.address=127.0.0.1",
            "spring.main.banner-mode=off",
            "spring.main.register-shutdown-hook=false",
            "logging.config=classpath:logback-test.xml",
            "eureka.client.enabled=false",
            "spring.cloud.consul.enabled=false",
            "spring.cloud.consul.config.enabled=false",
            "holdfast.enabled=false")
        .run(Stream.of(properties).map(each -> "--" + each).toArray(String[]::new));
  }

  /** What makes an application use Spring Cloud Consul at a gateway. */
  static Stream<String> consul(TestGateway gateway) {
    return Stream.of(
        "spring.cloud.consul.enabled=true",
        "spring.cloud.consul.host=127.0.0.1",
        "spring.cloud.consul.port=" + gateway.port(),
        "spring.cloud.consul.token=" + TestGateway.TOKEN,
        "spring.cloud.consul.discovery.hostname=127.0.0.1");
  }

  /** How the application is, by its own account. */
  static final class OwnHealth implements HealthIndicator {
    private final AtomicBoolean well = new AtomicBoolean(true);

    void set(boolean now) {
      well.set(now);
    }

    @Override
    public Health health() {
      return well.get() ? Health.up().build() : Health.down().build();
    }
  }

  /** Counts how often the configuration was refreshed. */
  static final class Refreshes implements ApplicationListener<RefreshEvent> {
    private final AtomicInteger seen = new AtomicInteger();

    int count() {
      return seen.get();
    }

    @Override
    public void onApplicationEvent(RefreshEvent event) {
      seen.incrementAndGet();
    }
  }

  @Bean
  OwnHealth ownHealth() {
    return new OwnHealth();
  }

  @Bean
  Refreshes refreshes() {
    return new Refreshes();
  }
}
