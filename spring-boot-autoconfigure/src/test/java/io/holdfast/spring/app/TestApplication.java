package io.holdfast.spring.app;

import io.holdfast.testkit.process.FreePorts;
import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** A web application for the tests: it answers, and it can call others. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableFeignClients(clients = Accounts.class)
public class TestApplication {

  /** Starts one on a free port, with these properties. Close it. */
  public static ConfigurableApplicationContext start(String name, String... properties) {
    return startAt(FreePorts.find(1).get(0), name, properties);
  }

  /** Starts one on this port. */
  public static ConfigurableApplicationContext startAt(
      int port, String name, String... properties) {
    return new SpringApplicationBuilder(TestApplication.class)
        .properties(
            "spring.config.name=none",
            "spring.application.name=" + name,
            "server.port=" + port,
            "server.address=127.0.0.1",
            "spring.main.banner-mode=off",
            "spring.main.register-shutdown-hook=false",
            "spring.cloud.zookeeper.enabled=false",
            "spring.cloud.gateway.server.webflux.enabled=false",
            "eureka.client.enabled=false",
            "logging.level.root=WARN")
        .run(Stream.of(properties).map(each -> "--" + each).toArray(String[]::new));
  }

  /** Where it listens. */
  public static int port(ConfigurableApplicationContext application) {
    return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  /** Otherwise an application that stops would stop the event loops of all others in the JVM. */
  @Bean
  ReactorResourceFactory ownReactor() {
    ReactorResourceFactory own = new ReactorResourceFactory();
    own.setUseGlobalResources(false);
    return own;
  }

  @Bean
  @LoadBalanced
  RestClient.Builder restClients() {
    return RestClient.builder();
  }

  @Bean
  @LoadBalanced
  WebClient.Builder webClients() {
    return WebClient.builder();
  }

  @Bean
  Answers answers() {
    return new Answers();
  }
}
