package io.holdfast.payment.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.testing.OneNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A load at a rate. */
class LoadGeneratorTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Transfers that have come, and wait for their answer until there is one. */
  private final AtomicInteger came = new AtomicInteger();

  private final CompletableFuture<Void> answer = new CompletableFuture<>();

  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/accounts", LoadGeneratorTest::book);
    server.createContext("/transfers", this::hold);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private void hold(HttpExchange exchange) {
    came.incrementAndGet();
    answer.thenRun(
        () -> {
          try {
            book(exchange);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void book(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(201, -1);
    exchange.close();
  }

  @Test
  void start_atARateAndNothingIsAnswered_sendsOnAndStopWaitsForTheAnswers() throws Exception {
    OneNode node = new OneNode();
    node.show(server.getAddress().getPort());
    LoadConfig config = LoadConfig.of("run").withSize(2, 4).withOpeningBalance(0).withRate(200);
    try (LoadGenerator load =
        new LoadGenerator(config, LoadTarget.open(node.balancer(), new ShardMap(1)))) {
      load.openAccounts();
      long opened = load.report().acknowledged();
      load.start();
      await().atMost(LIMIT).until(() -> came.get() > 10 * config.clients());
      assertThat(load.report().acknowledged()).isEqualTo(opened);

      answer.complete(null);
      load.stop();

      assertThat(load.report().acknowledged()).isGreaterThan(opened + 10L * config.clients());
      assertThat(load.report().unresolved()).isZero();
    }
  }
}
