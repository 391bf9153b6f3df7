package io.holdfast.gateway;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.gateway.consul.ConsulDoor;
import io.holdfast.gateway.consul.ConsulOptions;
import io.holdfast.gateway.dns.DnsDoor;
import io.holdfast.gateway.dns.DnsOptions;
import io.holdfast.gateway.prometheus.HttpSdDoor;
import io.holdfast.registry.Registry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A gateway with the doors of Consul, Prometheus and DNS, and a registry beside it. */
public final class GatewayUnderTest implements AutoCloseable {

  /** A token that may write. */
  public static final String TOKEN = "a-token-of-twenty-characters";

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Coordinator coordinator;
  private final Coordinator other;
  private final Registry registry;
  private final Gateway gateway;
  private @Nullable DnsDoor dns;
  private @Nullable ConsulDoor consul;

  /** Starts one over a store. */
  public GatewayUnderTest(String uri) throws IOException {
    this(uri, CoordinatorOptions.defaults());
  }

  /** Starts one over a store, with another session. */
  public GatewayUnderTest(String uri, CoordinatorOptions options) throws IOException {
    Path tokens = Files.createTempFile("tokens", ".txt");
    Files.writeString(tokens, "tester " + TOKEN + "\n");
    this.coordinator = Coordinator.connect(uri, options);
    this.other = Coordinator.connect(uri, options);
    this.registry = new Registry(other);
    this.gateway =
        Gateway.start(
            coordinator, GatewayOptions.loopback(0), WriteAccess.read(tokens), this::doors);
    Files.delete(tokens);
  }

  private List<Door> doors(GatewayParts parts) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    dns = new DnsDoor(parts, DnsOptions.at(any).withPerSecond(1_000_000));
    consul = new ConsulDoor(parts, ConsulOptions.defaults());
    return List.of(dns, consul, new HttpSdDoor(parts));
  }

  /** Another process's registry over the same store. */
  public Registry registry() {
    return registry;
  }

  /** Another process's connection to the store. */
  public Coordinator other() {
    return other;
  }

  /** What the doors show. */
  public ServiceFeed feed() {
    return gateway.feed();
  }

  /** How many of Consul's queries wait. */
  public int waiting() {
    return Objects.requireNonNull(consul).waiting();
  }

  /** The HTTP port. */
  public int port() {
    return gateway.port();
  }

  /** Where DNS is answered. */
  public InetSocketAddress dns() {
    return Objects.requireNonNull(dns).address().orElseThrow();
  }

  /** Reads a page. */
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HTTP.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Reads what only those may read who may write. */
  public HttpResponse<String> getWithToken(String path) throws IOException, InterruptedException {
    return HTTP.send(
        request(path).header("X-Consul-Token", TOKEN).GET().build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Writes, with the token. */
  public HttpResponse<String> put(String path, String body)
      throws IOException, InterruptedException {
    return HTTP.send(
        request(path)
            .header("X-Consul-Token", TOKEN)
            .PUT(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** A request to it. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  @Override
  public void close() {
    gateway.close();
    registry.close();
    other.close();
    coordinator.close();
  }
}
