package io.holdfast.gateway.springtests;

import io.holdfast.coordination.Coordinator;
import io.holdfast.gateway.Gateway;
import io.holdfast.gateway.GatewayOptions;
import io.holdfast.gateway.WriteAccess;
import io.holdfast.gateway.consul.ConsulDoor;
import io.holdfast.gateway.consul.ConsulOptions;
import io.holdfast.gateway.eureka.EurekaDoor;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A gateway with the doors of Eureka and Consul, on a connection of its own. */
final class TestGateway implements AutoCloseable {

  static final String TOKEN = "a-token-of-the-tests";

  private final Coordinator coordinator;
  private final Gateway gateway;

  private TestGateway(Coordinator coordinator, Gateway gateway) {
    this.coordinator = coordinator;
    this.gateway = gateway;
  }

  static TestGateway start(String cluster, Path folder) throws IOException {
    Path tokens = Files.writeString(folder.resolve("tokens"), "tests " + TOKEN + "\n");
    Coordinator coordinator = Coordinator.connect(cluster);
    return new TestGateway(
        coordinator,
        Gateway.start(
            coordinator,
            GatewayOptions.loopback(0),
            WriteAccess.read(tokens),
            parts ->
                List.of(new ConsulDoor(parts, ConsulOptions.defaults()), new EurekaDoor(parts))));
  }

  /** The port of all doors. */
  int port() {
    return gateway.port();
  }

  /** Without the token. */
  URI uri() {
    return URI.create("http://127.0.0.1:" + gateway.port() + "/eureka");
  }

  /** With the token as its password. */
  URI uriWithToken() {
    return URI.create("http://tests:" + TOKEN + "@127.0.0.1:" + gateway.port() + "/eureka/");
  }

  /** Whether a client has renewed its instance here. */
  boolean holds(String service, String id) {
    return gateway.leases().sinceRenewal(service, id).isPresent();
  }

  @Override
  public void close() {
    gateway.close();
    coordinator.close();
  }
}
