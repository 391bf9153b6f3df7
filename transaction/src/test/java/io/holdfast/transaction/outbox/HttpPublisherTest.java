package io.holdfast.transaction.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages as callbacks over HTTP, and what answers mean. */
@Timeout(30)
final class HttpPublisherTest {

  private static final byte[] SECRET = "correct horse battery".getBytes(StandardCharsets.UTF_8);
  private static final Message MESSAGE =
      new Message(
          UUID.fromString("00000000-0000-0000-0000-00000000002a"),
          "transfers",
          Optional.of("счёт/7"),
          "{\"amount\": 7}",
          Instant.ofEpochMilli(1_700_000_000_123L));

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final AtomicInteger status = new AtomicInteger(204);
  private final CountDownLatch silent = new CountDownLatch(1);
  private volatile String signature = "";
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    silent.countDown();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var headers = exchange.getRequestHeaders();
      seen.add(
          String.join(
              "|",
              exchange.getRequestMethod(),
              headers.getFirst(HttpPublisher.ID),
              headers.getFirst(HttpPublisher.TOPIC),
              headers.getFirst(HttpPublisher.KEY),
              headers.getFirst(HttpPublisher.CREATED),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
      signature = String.valueOf(headers.getFirst(HttpPublisher.SIGNATURE));
      if (status.get() == 0) {
        try {
          silent.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return;
      }
      exchange.getResponseHeaders().add("Retry-After", "7");
      exchange.getResponseHeaders().add("Location", "/elsewhere");
      exchange.sendResponseHeaders(status.get(), -1);
    }
  }

  private HttpPublisher publisher(Duration timeout) {
    return HttpPublisher.to(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/callback"), timeout);
  }

  private Delivery publish() {
    return publisher(Duration.ofSeconds(10)).publish(MESSAGE).toCompletableFuture().join();
  }

  @Test
  void publish_taken_isDeliveredWithAllThatTheReceiverNeeds() {
    assertThat(publish()).isEqualTo(new Delivery.Delivered());
    assertThat(seen)
        .containsExactly(
            "POST|00000000-0000-0000-0000-00000000002a|transfers|"
                + "%D1%81%D1%87%D1%91%D1%82%2F7|1700000000123|{\"amount\": 7}");
    assertThat(signature).isEqualTo("null");
  }

  @Test
  void publish_answers_meanWhatTheTableSays() {
    for (int refused : new int[] {400, 410, 413, 415, 422}) {
      status.set(refused);
      assertThat(publish()).isEqualTo(new Delivery.Refused("status " + refused));
    }
    for (int unknown : new int[] {302, 401, 404, 408, 409, 425, 429, 500, 502, 503, 504}) {
      status.set(unknown);
      assertThat(publish())
          .isEqualTo(new Delivery.Unknown("status " + unknown, Duration.ofSeconds(7)));
    }
    assertThat(seen).hasSize(16);
  }

  @Test
  void publish_noAnswer_isUnknown() {
    status.set(0);
    Delivery answer =
        publisher(Duration.ofMillis(200)).publish(MESSAGE).toCompletableFuture().join();
    assertThat(answer).isInstanceOf(Delivery.Unknown.class);
    silent.countDown();
    server.stop(0);
    assertThat(publish()).isInstanceOf(Delivery.Unknown.class);
  }

  @Test
  void signed_message_isRightForThatMessageAndTimeOnly() {
    MessageSignature signing = new MessageSignature(SECRET);
    publisher(Duration.ofSeconds(10)).signed(signing).publish(MESSAGE).toCompletableFuture().join();
    Duration minutes = Duration.ofMinutes(5);
    Instant now = Instant.now();
    assertThat(signing.isRight(signature, MESSAGE, now, minutes)).isTrue();
    assertThat(signing.isRight(signature, MESSAGE, now.plusSeconds(3600), minutes)).isFalse();
    assertThat(signing.isRight(signature, changed("{\"amount\": 8}"), now, minutes)).isFalse();
    assertThat(signing.isRight("t=1,v1=00", MESSAGE, now, minutes)).isFalse();
    MessageSignature other =
        new MessageSignature("another secret, as long".getBytes(StandardCharsets.UTF_8));
    assertThat(other.isRight(signature, MESSAGE, now, minutes)).isFalse();
    assertThat(signing.toString()).doesNotContain("horse");
  }

  private static Message changed(String body) {
    return new Message(MESSAGE.id(), MESSAGE.topic(), MESSAGE.key(), body, MESSAGE.created());
  }

  /** What is signed cannot be read in two ways: the key's length is part of it. */
  @Test
  void signature_partsMovedBetweenFields_isWrong() {
    MessageSignature signing = new MessageSignature(SECRET);
    Instant now = Instant.now();
    Message one = new Message(MESSAGE.id(), "t.1", Optional.of("k.1"), "b", MESSAGE.created());
    Message two = new Message(MESSAGE.id(), "t", Optional.of("1.3.k.1"), "b", MESSAGE.created());
    assertThat(signing.isRight(signing.sign(one, now), two, now, Duration.ofMinutes(1))).isFalse();
  }

  @Test
  void secret_short_isRefusedWithoutBeingShown() {
    assertThatThrownBy(() -> new MessageSignature("hunter2".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("hunter2");
  }

  /** What comes after the status is nobody's business: it must not hold a connection for ever. */
  @Test
  void publish_answerWithoutEnd_isJudgedByItsStatusAndCutOff() throws Exception {
    CountDownLatch cut = new CountDownLatch(1);
    server.createContext(
        "/endless",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] some = new byte[8192];
          try (var body = exchange.getResponseBody()) {
            while (!Thread.currentThread().isInterrupted()) {
              body.write(some);
              body.flush();
            }
          } catch (IOException gone) {
            cut.countDown();
          }
        });
    HttpPublisher publisher =
        HttpPublisher.to(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/endless"),
            Duration.ofSeconds(10));
    assertThat(publisher.publish(MESSAGE).toCompletableFuture().get(5, TimeUnit.SECONDS))
        .isEqualTo(new Delivery.Delivered());
    assertThat(cut.await(5, TimeUnit.SECONDS)).isTrue();
  }
}
