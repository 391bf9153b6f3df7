package io.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The checks that come with the registry, against real sockets. */
final class HealthCheckTest {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String LOCAL = LOOPBACK.getHostAddress();

  private static boolean healthy(CompletionStage<Boolean> run) {
    return run.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void tcp_somebodyListens_isHealthy() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
      assertThat(healthy(HealthCheck.tcp(LOCAL, server.getLocalPort()).run())).isTrue();
    }
  }

  @Test
  void tcp_nobodyListens_fails() throws IOException {
    int port;
    try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
      port = server.getLocalPort();
    }

    assertThatThrownBy(() -> healthy(HealthCheck.tcp(LOCAL, port).run()))
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void http_answers_areJudgedByTheirStatus() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 5);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          exchange.sendResponseHeaders(Integer.parseInt(path.substring(1)), -1);
          exchange.close();
        });
    server.start();
    try {
      URI base = URI.create("http://" + LOCAL + ":" + server.getAddress().getPort() + "/");
      assertThat(healthy(HealthCheck.http(base.resolve("204")).run())).isTrue();
      assertThat(healthy(HealthCheck.http(base.resolve("302")).run())).isFalse();
      assertThat(healthy(HealthCheck.http(base.resolve("503")).run())).isFalse();
      assertThat(healthy(HealthCheck.http(base.resolve("503"), status -> status == 503).run()))
          .isTrue();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void blocking_function_isJudgedByItsAnswer() {
    assertThat(healthy(HealthCheck.blocking(() -> true, ForkJoinPool.commonPool()).run())).isTrue();
    assertThat(healthy(HealthCheck.blocking(() -> false, ForkJoinPool.commonPool()).run()))
        .isFalse();
  }

  /** A cancelled copy would let the next run begin while the function still works. */
  @Test
  void blocking_cancelled_isNotOverBeforeTheFunctionIs() {
    CompletionStage<Boolean> run = HealthCheck.blocking(() -> true, task -> {}).run();

    run.toCompletableFuture().cancel(true);

    assertThat(run.toCompletableFuture()).isNotDone();
  }
}
