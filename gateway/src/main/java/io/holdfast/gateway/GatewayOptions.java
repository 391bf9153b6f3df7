package io.holdfast.gateway;

import io.holdfast.http.server.tls.TlsOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * How a gateway runs.
 *
 * @param bind the address to listen on
 * @param httpPort for Eureka, Consul and Prometheus; 0 lets the system choose
 * @param tls for the HTTP port; empty for none
 * @param connections so many at a time on the HTTP port
 * @param drain how long a stop waits for requests under way
 */
public record GatewayOptions(
    String bind, int httpPort, Optional<TlsOptions> tls, int connections, Duration drain) {

  /** So many clients are a large fleet. */
  public static final int MOST_CONNECTIONS = 20_000;

  private static final int HIGHEST_PORT = 65_535;
  private static final Duration DRAIN = Duration.ofSeconds(10);

  public GatewayOptions {
    if (httpPort < 0 || httpPort > HIGHEST_PORT) {
      throw new IllegalArgumentException("a port is 0 to " + HIGHEST_PORT + ": " + httpPort);
    }
    if (connections < 1) {
      throw new IllegalArgumentException("at least one connection");
    }
  }

  /** On loopback, without TLS. */
  public static GatewayOptions loopback(int httpPort) {
    return new GatewayOptions("127.0.0.1", httpPort, Optional.empty(), MOST_CONNECTIONS, DRAIN);
  }
}
