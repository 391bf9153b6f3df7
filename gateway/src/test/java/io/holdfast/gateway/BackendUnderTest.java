package io.holdfast.gateway;

import com.sun.net.httpserver.HttpServer;
import io.holdfast.registry.ServiceInstance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** An instance that answers HTTP with its id, on an address of loopback of its own. */
public final class BackendUnderTest implements AutoCloseable {

  private final HttpServer server;
  private final String id;

  /**
   * Starts one.
   *
   * @param host 127.0.0.1 or another of that network
   */
  public BackendUnderTest(String id, String host, int port) throws IOException {
    this.id = id;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), 0);
    byte[] body = id.getBytes(StandardCharsets.US_ASCII);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
  }

  /** As the registry has it. */
  public ServiceInstance instance(String service) {
    InetSocketAddress at = server.getAddress();
    return ServiceInstance.http(service, id, at.getAddress().getHostAddress(), at.getPort());
  }

  /** Its port. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
