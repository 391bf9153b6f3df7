package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.http.Server.Manner;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.retry.RetryBudget;
import io.holdfast.loadbalancer.retry.RetryRules;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever drops a response closes its body; the one that the caller gets stays open. */
@Timeout(60)
final class BodiesTest {

  private static final HttpCall KEYED = HttpCall.post("/transfers", "{}").withIdempotencyKey("k-1");

  private final List<Body> bodies = new CopyOnWriteArrayList<>();

  private final class Body implements AutoCloseable {
    private volatile boolean closed;

    Body() {
      bodies.add(this);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private BodyHandler<Body> noted() {
    return head -> BodySubscribers.mapping(BodySubscribers.discarding(), none -> new Body());
  }

  private static <T> CompletableFuture<Answer<T>> send(
      Shown shown, Duration backoff, BodyHandler<T> handler) {
    CallRules rules =
        CallRules.standard()
            .withRetries(RetryRules.standard().withBackoff(backoff, backoff))
            .withDeadline(Duration.ofSeconds(50));
    return new BalancedHttpClient(
            new LoadBalancer(shown, Policy.roundRobin()),
            rules,
            new RetryBudget(1, 10),
            HttpClient.newHttpClient())
        .send(KEYED, handler);
  }

  @Test
  void send_retriedUntilTheLast_onlyTheLastBodyIsOpen() throws Exception {
    try (Server failing = new Server("a", Manner.FAIL)) {
      Answer<Body> answer =
          send(new Shown(failing.instance()), Duration.ZERO, noted()).get(50, TimeUnit.SECONDS);

      assertThat(answer.tries()).isEqualTo(3);
      assertThat(bodies)
          .hasSize(3)
          .filteredOn(body -> !body.closed)
          .containsExactly(answer.response().body());
    }
  }

  @Test
  void send_retriedToOneWhoAnswers_theEarlierBodyIsClosed() throws Exception {
    try (Server failing = new Server("a", Manner.FAIL);
        Server live = new Server("b", Manner.ANSWER)) {
      Shown shown = new Shown(failing.instance(), live.instance());
      int sent = 0;
      while (failing.requests() == 0) { // who is asked first is a toss of a coin
        send(shown, Duration.ZERO, noted()).get(50, TimeUnit.SECONDS);
        sent++;
      }
      assertThat(bodies).hasSize(sent + 1).filteredOn(body -> !body.closed).hasSize(sent);
    }
  }

  /** Not before it is judged: what arrives at a request that is cancelled, the JDK gives up. */
  @Test
  void cancel_beforeTheRetry_closesTheBody() throws Exception {
    CountDownLatch judged = new CountDownLatch(1);
    CallRules rules =
        CallRules.standard()
            .withRetries(
                RetryRules.standard().withBackoff(Duration.ofHours(1), Duration.ofHours(1)))
            .withDeadline(Duration.ofHours(2))
            .withJudge(
                response -> {
                  judged.countDown();
                  return ResponseVerdict.FAILED;
                });
    try (Server failing = new Server("a", Manner.FAIL)) {
      LoadBalancer balancer = new LoadBalancer(new Shown(failing.instance()), Policy.roundRobin());
      CompletableFuture<Answer<Body>> answer =
          new BalancedHttpClient(balancer, rules).send(KEYED, noted());
      judged.await();
      answer.cancel(true);

      await().untilAsserted(() -> assertThat(bodies).allMatch(body -> body.closed));
    }
  }

  @Test
  void close_stream_cannotBeReadAnyMore() throws Exception {
    try (Server live = new Server("a", Manner.ANSWER)) {
      var response =
          send(new Shown(live.instance()), Duration.ZERO, BodyHandlers.ofInputStream())
              .get(50, TimeUnit.SECONDS)
              .response();

      Bodies.close(response);

      assertThatThrownBy(() -> response.body().read()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void close_publisher_isCancelled() throws Exception {
    AtomicBoolean cancelled = new AtomicBoolean();
    Flow.Publisher<String> publisher =
        subscriber ->
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  @Override
                  public void request(long items) {}

                  @Override
                  public void cancel() {
                    cancelled.set(true);
                  }
                });
    try (Server live = new Server("a", Manner.ANSWER)) {
      Bodies.close(
          send(
                  new Shown(live.instance()),
                  Duration.ZERO,
                  head -> BodySubscribers.mapping(BodySubscribers.discarding(), none -> publisher))
              .get(50, TimeUnit.SECONDS)
              .response());
    }
    assertThat(cancelled).isTrue();
  }
}
