package io.holdfast.benchmarks.doors;

import io.holdfast.coordination.Coordinator;
import io.holdfast.gateway.Door;
import io.holdfast.gateway.Gateway;
import io.holdfast.gateway.GatewayOptions;
import io.holdfast.gateway.GatewayParts;
import io.holdfast.gateway.WriteAccess;
import io.holdfast.gateway.consul.ConsulDoor;
import io.holdfast.gateway.consul.ConsulOptions;
import io.holdfast.gateway.dns.DnsDoor;
import io.holdfast.gateway.dns.DnsOptions;
import io.holdfast.gateway.eureka.EurekaDoor;
import io.holdfast.gateway.prometheus.HttpSdDoor;
import io.holdfast.gateway.xds.XdsDoor;
import io.holdfast.gateway.xds.XdsOptions;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A ZooKeeper server, a gateway with all doors, and a service that is registered beside it. */
final class DoorFleet implements AutoCloseable {

  static final String SERVICE = "bench";
  static final String TOKEN = "a-token-of-the-benchmark";
  private static final long PATIENCE_SECONDS = 60;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final EmbeddedZooKeeper server;
  private final Registry registry;
  private final Gateway gateway;
  private @Nullable ConsulDoor consul;
  private @Nullable DnsDoor dns;
  private @Nullable XdsDoor xds;

  DoorFleet(int others) throws Exception {
    this.server = opened(EmbeddedZooKeeper.start());
    String uri = server.uri("doors");
    this.registry = opened(new Registry(opened(Coordinator.connect(uri))));
    registry.registerAll(
        IntStream.range(0, others)
            .mapToObj(i -> ServiceInstance.http(SERVICE, "i" + i, address(i), 80))
            .toList());
    Path tokens = Files.createTempFile("tokens", ".txt");
    Files.writeString(tokens, "bench " + TOKEN + "\n");
    this.gateway =
        opened(
            Gateway.start(
                opened(Coordinator.connect(uri)),
                GatewayOptions.loopback(0),
                WriteAccess.read(tokens),
                this::doors));
    Files.delete(tokens);
    gateway
        .feed()
        .until(
            SERVICE,
            now -> now.instances().size() == others,
            TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS))
        .get();
  }

  static String address(int number) {
    return "10.1.%d.%d".formatted(number / 250, 1 + number % 250);
  }

  private List<Door> doors(GatewayParts parts) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    consul = new ConsulDoor(parts, ConsulOptions.defaults());
    dns = new DnsDoor(parts, DnsOptions.at(any).withPerSecond(1_000_000));
    xds = new XdsDoor(parts, XdsOptions.at(any));
    return List.of(consul, dns, new EurekaDoor(parts), new HttpSdDoor(parts), xds);
  }

  private <T extends AutoCloseable> T opened(T thing) {
    open.push(thing);
    return thing;
  }

  String servers() {
    return server.connectString();
  }

  Registry registry() {
    return registry;
  }

  Gateway gateway() {
    return gateway;
  }

  int dnsPort() {
    return Objects.requireNonNull(dns).address().orElseThrow().getPort();
  }

  int xdsPort() {
    return Objects.requireNonNull(xds).port();
  }

  /** Queries of Consul's that wait. */
  int waiting() {
    return Objects.requireNonNull(consul).waiting();
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable next = open.poll(); next != null; next = open.poll()) {
      next.close();
    }
  }
}
