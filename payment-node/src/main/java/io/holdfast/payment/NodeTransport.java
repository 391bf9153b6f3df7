package io.holdfast.payment;

import io.holdfast.http.server.tls.HttpTls;
import io.holdfast.payment.http.PaymentApi;
import io.holdfast.payment.http.Scheme;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** How a node speaks to its clients and to other nodes: all by TLS, or all without. */
final class NodeTransport {

  /**
   * With the handshake of TLS, which takes a node that has just started, on a busy machine, a good
   * part of a second for each connection. Who gives up earlier and begins anew takes from it the
   * time that the others need. Each call has a bound of its own.
   */
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private static final Duration BOUND = Duration.ofSeconds(20);

  private final Advertised address;
  private final Optional<HttpTls> tls;

  private NodeTransport(Advertised address, Optional<HttpTls> tls) {
    this.address = address;
    this.tls = tls;
  }

  /**
   * Reads the files that TLS needs.
   *
   * @throws IllegalArgumentException if one of them cannot be used, naming it
   */
  static NodeTransport of(NodeConfig config) {
    return new NodeTransport(config.address(), config.security().tls().map(HttpTls::load));
  }

  Scheme scheme() {
    return tls.isPresent() ? Scheme.HTTPS : Scheme.HTTP;
  }

  /** For other nodes. */
  HttpClient client() {
    HttpClient.Builder client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
    return tls.map(with -> with.secure(client)).orElse(client).build();
  }

  /**
   * Opens the port.
   *
   * @throws IOException if that cannot be
   */
  HttpServer listen(PaymentApi api) throws IOException {
    HttpServerOptions plain = new HttpServerOptions();
    HttpServerOptions options = tls.map(with -> with.secure(plain)).orElse(plain);
    try {
      return finish(api.listen(options, address.bind().host(), address.bindPort()));
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "cannot listen on " + address.bind() + ": " + cause.getMessage(), cause);
    }
  }

  static <T> T finish(Future<T> future) {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(BOUND.toSeconds(), TimeUnit.SECONDS)
        .join();
  }
}
