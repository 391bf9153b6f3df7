package io.holdfast.gateway.springtests;

import io.holdfast.testkit.process.FreePorts;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** A real Eureka server, as Spring Cloud packages it, in this JVM. */
final class EurekaServer implements AutoCloseable {

  private final ConfigurableApplicationContext context;
  private final URI uri;

  /** What makes it one. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @EnableEurekaServer
  static class Application {}

  private EurekaServer(ConfigurableApplicationContext context, URI uri) {
    this.context = context;
    this.uri = uri;
  }

  /**
   * Starts one that answers from what it has now.
   *
   * @param peers where its peers are, if any
   */
  static EurekaServer start(URI... peers) {
    List<String> settings = new ArrayList<>();
    settings.add("--eureka.server.use-read-only-response-cache=false");
    settings.add("--eureka.server.response-cache-auto-expiration-in-seconds=1");
    if (peers.length > 0) {
      settings.add("--eureka.client.service-url.defaultZone=" + peers[0]);
    }
    return start(settings);
  }

  /** Starts one with the settings that it comes with. */
  static EurekaServer startWithDefaults() {
    return start(List.of());
  }

  private static EurekaServer start(List<String> settings) {
    int port = FreePorts.find(1).get(0);
    List<String> arguments = new ArrayList<>(settings);
    arguments.add("--server.port=" + port);
    arguments.add("--server.address=127.0.0.1");
    arguments.add("--spring.main.banner-mode=off");
    arguments.add("--logging.config=classpath:logback-test.xml");
    arguments.add("--spring.cloud.consul.enabled=false");
    arguments.add("--holdfast.enabled=false");
    arguments.add("--eureka.instance.hostname=eureka.test");
    arguments.add("--eureka.client.register-with-eureka=false");
    arguments.add("--eureka.client.fetch-registry=false");
    arguments.add("--eureka.server.wait-time-in-ms-when-sync-empty=0");
    return new EurekaServer(
        SpringApplication.run(Application.class, arguments.toArray(String[]::new)),
        URI.create("http://127.0.0.1:" + port + "/eureka"));
  }

  URI uri() {
    return uri;
  }

  @Override
  public void close() {
    context.close();
  }
}
