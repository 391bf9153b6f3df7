package io.holdfast.payment.webhook;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.holdfast.payment.ledger.AccountId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WebhookRelayTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Receiver receiver = new Receiver();
  private final MemorySource source = new MemorySource(receiver);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private volatile Instant now = MemorySource.AT;

  WebhookRelayTest() throws IOException {}

  @AfterEach
  void close() {
    receiver.close();
    threads.shutdownNow();
  }

  private WebhookRelay relay(Duration timeout, int atOnce) {
    RelayOptions options =
        new RelayOptions(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofDays(3), atOnce);
    WebhookSender sender =
        new WebhookSender(WebhookTargets.PUBLIC_AND_LOOPBACK, timeout, () -> now, threads);
    return new WebhookRelay(source, sender, options, () -> now, nanos::get, () -> 1, threads);
  }

  @Test
  void round_deliversInOrder_signed() {
    source.add("a", 60);
    WebhookRelay relay = relay(LONG, 8);
    relay.round().join();
    assertThat(receiver.events("/a")).hasSize(50);
    relay.round().join();
    assertThat(receiver.events("/a"))
        .isEqualTo(IntStream.rangeClosed(1, 60).mapToObj(i -> "a" + i).toList());
    assertThat(source.waiting()).isEmpty();
    Receiver.Request first = receiver.requests().get(0);
    assertThat(
            WebhookSignature.verify(
                first.signature(),
                first.body().getBytes(StandardCharsets.UTF_8),
                "secret of a",
                now,
                Duration.ZERO))
        .isTrue();
    assertThat(first.body())
        .isEqualTo(
            "{\"id\":\"a1\",\"account\":\"a\",\"type\":\"payment.captured\","
                + "\"at\":\"2026-01-31T12:00:00Z\",\"data\":{\"n\":1}}");
  }

  @Test
  void round_oneServerFails_holdsUpItsOwnAccountOnly_andRetriesAfterGrowingPauses() {
    source.add("a", 2);
    source.add("b", 2);
    receiver.answer("/a", Receiver.status(500));
    WebhookRelay relay = relay(LONG, 8);
    relay.round().join();
    assertThat(receiver.events("/a")).containsExactly("a1");
    assertThat(receiver.events("/b")).containsExactly("b1", "b2");

    for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      int before = receiver.events("/a").size();
      nanos.addAndGet(SECONDS.toNanos(seconds) - 1);
      relay.round().join();
      assertThat(receiver.events("/a")).hasSize(before);
      nanos.addAndGet(1);
      relay.round().join();
      assertThat(receiver.events("/a")).hasSize(before + 1).containsOnly("a1");
    }
    assertThat(relay.troubles())
        .containsExactly(
            new WebhookTrouble(new AccountId("a"), 9, "HTTP status 500", MemorySource.AT, false));

    receiver.answer("/a", Receiver.OK);
    relay.retry(new AccountId("a"));
    relay.round().join();
    assertThat(receiver.events("/a")).endsWith("a1", "a1", "a2");
    assertThat(relay.troubles()).isEmpty();
  }

  @Test
  void pause_chance_takesUpToHalfOff() {
    RelayOptions options =
        new RelayOptions(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofDays(3), 1);
    assertThat(options.pause(3, 0)).isEqualTo(Duration.ofSeconds(2));
    assertThat(options.pause(3, 0.5)).isEqualTo(Duration.ofSeconds(3));
    assertThat(options.pause(3, 1)).isEqualTo(Duration.ofSeconds(4));
    assertThat(options.pause(Integer.MAX_VALUE, 1)).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void round_slowServer_holdsUpNoOther_andTwoRoundsSendNothingTwice() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    source.add("slow", 2);
    source.add("b", 3);
    receiver.answer("/slow", exchange -> awaitThen(release, exchange));
    WebhookRelay relay = relay(LONG, 8);
    CompletableFuture<Void> first = relay.round();
    source.awaitEmpty("b");
    relay.round().join();
    assertThat(first).isNotDone();
    release.countDown();
    first.join();
    assertThat(receiver.events("/slow")).containsExactly("slow1", "slow2");
    assertThat(receiver.events("/b")).containsExactly("b1", "b2", "b3");
  }

  @Test
  void round_atOnce_isTheBound() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    source.add("slow", 1);
    source.add("b", 1);
    receiver.answer("/slow", exchange -> awaitThen(release, exchange));
    WebhookRelay relay = relay(LONG, 1);
    CompletableFuture<Void> first = relay.round();
    relay.round().join();
    assertThat(receiver.events("/b")).isEmpty();
    release.countDown();
    first.join();
    relay.round().join();
    assertThat(receiver.events("/b")).containsExactly("b1");
  }

  private static void awaitThen(CountDownLatch release, HttpExchange exchange) throws IOException {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.sendResponseHeaders(200, -1);
  }

  @Test
  void round_noAnswerInTime_isAFailure() {
    CountDownLatch never = new CountDownLatch(1);
    source.add("a", 1);
    receiver.answer("/a", exchange -> awaitThen(never, exchange));
    WebhookRelay relay = relay(Duration.ofMillis(200), 8);
    relay.round().join();
    assertThat(relay.troubles())
        .extracting(WebhookTrouble::failure)
        .containsExactly("no complete answer within PT0.2S");
    never.countDown();
  }

  @Test
  void round_answerThatDoesNotEnd_isAFailure() {
    CountDownLatch never = new CountDownLatch(1);
    source.add("a", 1);
    receiver.answer(
        "/a",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    WebhookRelay relay = relay(Duration.ofMillis(500), 8);
    relay.round().join();
    assertThat(relay.troubles())
        .extracting(WebhookTrouble::failure)
        .containsExactly("no complete answer within PT0.5S");
    never.countDown();
  }

  @Test
  void round_endlessAnswer_isReadALittleAndCutOff() throws Exception {
    CountDownLatch cut = new CountDownLatch(1);
    source.add("a", 1);
    receiver.answer(
        "/a",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
              out.write(new byte[8_192]);
              out.flush();
            }
          } catch (IOException e) {
            cut.countDown();
          }
        });
    relay(LONG, 8).round().join();
    cut.await();
    assertThat(source.waiting()).isEmpty();
  }

  @Test
  void round_redirect_isAFailureAndNotFollowed() {
    source.add("a", 1);
    receiver.answer(
        "/a",
        exchange -> {
          exchange.getResponseHeaders().set("Location", receiver.at("/elsewhere").toString());
          exchange.sendResponseHeaders(307, -1);
        });
    WebhookRelay relay = relay(LONG, 8);
    relay.round().join();
    assertThat(receiver.events("/elsewhere")).isEmpty();
    assertThat(relay.troubles())
        .extracting(WebhookTrouble::failure)
        .containsExactly("HTTP status 307");
  }

  @Test
  void round_acknowledgementLost_sendsTheSameAgain() {
    source.add("a", 2);
    source.forget(1);
    WebhookRelay relay = relay(LONG, 8);
    relay.round().join();
    assertThat(receiver.events("/a")).containsExactly("a1");
    nanos.addAndGet(SECONDS.toNanos(1));
    relay.round().join();
    assertThat(receiver.events("/a")).containsExactly("a1", "a1", "a2");
  }

  @Test
  void round_failsForDays_countsAsDisabled_isStillTried_andRecovers() {
    source.add("a", 1);
    receiver.answer("/a", Receiver.status(404));
    WebhookRelay relay = relay(LONG, 8);
    now = MemorySource.AT.plus(Duration.ofDays(3)).plusSeconds(1);
    relay.round().join();
    assertThat(relay.troubles()).extracting(WebhookTrouble::disabled).containsExactly(true);
    nanos.addAndGet(SECONDS.toNanos(59));
    relay.round().join();
    assertThat(receiver.events("/a")).hasSize(1);
    receiver.answer("/a", Receiver.OK);
    nanos.addAndGet(SECONDS.toNanos(1));
    relay.round().join();
    assertThat(relay.troubles()).isEmpty();
    assertThat(source.waiting()).isEmpty();
  }

  @Test
  void round_byManyThreadsWithFailures_keepsTheOrderOfEachAccount() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    for (String account : List.of("a", "b", "c")) {
      source.add(account, 40);
      receiver.answer(
          "/" + account,
          exchange -> Receiver.status(asked.incrementAndGet() % 3 == 0 ? 503 : 204).give(exchange));
    }
    WebhookRelay relay = relay(LONG, 8);
    List<CompletableFuture<Void>> hammers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      hammers.add(
          CompletableFuture.runAsync(
              () -> {
                while (!source.waiting().isEmpty()) {
                  nanos.addAndGet(SECONDS.toNanos(60));
                  relay.round().join();
                }
              },
              threads));
    }
    CompletableFuture.allOf(hammers.toArray(CompletableFuture[]::new)).join();
    for (String account : List.of("a", "b", "c")) {
      List<String> events = receiver.events("/" + account);
      assertThat(new LinkedHashSet<>(events))
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, 40).mapToObj(i -> account + i).toList());
      // Again only until it was acknowledged: never an earlier one after a later one.
      assertThat(events.stream().map(each -> Integer.valueOf(each.substring(1))).toList())
          .isSorted();
    }
  }
}
