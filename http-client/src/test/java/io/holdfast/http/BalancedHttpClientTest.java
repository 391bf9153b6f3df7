package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.http.Server.Manner;
import io.holdfast.loadbalancer.EndpointStatistics;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.retry.RetryBudget;
import io.holdfast.loadbalancer.retry.RetryRules;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real servers on the loopback; a round robin, so that two instances are asked in turn. */
@Timeout(60)
final class BalancedHttpClientTest {

  private static final HttpCall PAY = HttpCall.post("/transfers", "{}");
  private static final HttpCall KEYED = PAY.withIdempotencyKey("k-1");
  private static final RetryRules AT_ONCE =
      RetryRules.standard().withBackoff(Duration.ZERO, Duration.ZERO);
  private static final CallRules RULES =
      CallRules.standard()
          .withRetries(AT_ONCE)
          .withAttempt(Duration.ofSeconds(20))
          .withDeadline(Duration.ofSeconds(40));

  private final List<Server> servers = new ArrayList<>();
  private final Shown shown = new Shown();
  private final LoadBalancer balancer = new LoadBalancer(shown, Policy.roundRobin());

  @AfterEach
  void closeServers() {
    servers.forEach(Server::close);
  }

  private Server server(String id, Manner manner) {
    Server server = new Server(id, manner);
    servers.add(server);
    return server;
  }

  private static Answer<String> get(CompletableFuture<Answer<String>> answer) throws Exception {
    return answer.get(50, TimeUnit.SECONDS);
  }

  private Answer<String> send(HttpCall call) throws Exception {
    return send(RULES, call);
  }

  private Answer<String> send(CallRules rules, HttpCall call) throws Exception {
    return get(new BalancedHttpClient(balancer, rules).send(call, BodyHandlers.ofString()));
  }

  /**
   * So many calls that a round robin begins one at each instance, unless a retry of the first,
   * which runs in another thread, has taken a turn of this one's: then both begin at the same.
   */
  private List<Answer<String>> sendTwo(HttpCall call) throws Exception {
    return List.of(send(call), send(call));
  }

  private long active() {
    return balancer.statistics().stream().mapToLong(EndpointStatistics::active).sum();
  }

  @Test
  void send_healthyInstances_eachAnswers() throws Exception {
    Server a = server("a", Manner.ANSWER);
    Server b = server("b", Manner.ANSWER);
    shown.show(a.instance(), b.instance());

    List<Answer<String>> answers = sendTwo(PAY);

    assertThat(answers).extracting(answer -> answer.response().body()).containsOnlyOnce("a", "b");
    assertThat(answers).allMatch(answer -> answer.tries() == 1 && !answer.perhapsRepeated());
    assertThat(active()).isZero();
  }

  @Test
  void send_connectionRefused_isSentElsewhereThoughNotIdempotent() throws Exception {
    Server live = server("live", Manner.ANSWER);
    shown.show(live.instance(), Server.absent("absent"));

    List<Answer<String>> answers = sendTwo(PAY);

    assertThat(answers).allMatch(answer -> answer.response().body().equals("live"));
    assertThat(answers).extracting(Answer::tries).contains(2).isSubsetOf(1, 2);
    assertThat(answers).noneMatch(Answer::perhapsRepeated);
  }

  @Test
  void send_notIdempotentAndDropped_isUnknownAndNotSentAgain() throws Exception {
    Server dropping = server("a", Manner.DROP);
    Server other = server("b", Manner.DROP);
    shown.show(dropping.instance(), other.instance());

    assertThatThrownBy(() -> send(PAY))
        .hasCauseInstanceOf(CallOutcomeUnknownException.class)
        .hasMessageContaining("POST /transfers after 1 try");

    assertThat(dropping.requests() + other.requests()).isEqualTo(1);
    assertThat(active()).isZero();
  }

  @Test
  void send_idempotentAndDropped_isSentAgainUnderTheSameKey() throws Exception {
    Server dropping = server("a", Manner.DROP);
    Server live = server("b", Manner.ANSWER);
    shown.show(dropping.instance(), live.instance());

    List<Answer<String>> answers = sendTwo(KEYED);

    assertThat(answers).allMatch(answer -> answer.response().body().equals("b"));
    assertThat(answers).extracting(Answer::perhapsRepeated).contains(true);
    assertThat(dropping.keys()).isNotEmpty().containsOnly("k-1");
    assertThat(live.keys()).hasSize(2).containsOnly("k-1");
  }

  @Test
  void send_refusedByTheInstance_isSentElsewhereThoughNotIdempotent() throws Exception {
    Server full = server("a", Manner.REFUSE);
    Server live = server("b", Manner.ANSWER);
    shown.show(full.instance(), live.instance());

    assertThat(sendTwo(PAY)).allMatch(answer -> answer.response().body().equals("b"));
    assertThat(full.requests()).isBetween(1, 2);
  }

  @Test
  void send_toldToComeAgain_doesAndHoldsNothingAgainstTheInstance() throws Exception {
    Server busy = server("a", Manner.CONFLICT);
    shown.show(busy.instance());
    CallRules rules =
        RULES.withJudge(
            response ->
                response.statusCode() == 409 ? ResponseVerdict.LATER : ResponseVerdict.ANSWERED);

    Answer<String> once = send(rules, PAY);
    Answer<String> again = send(rules, KEYED);

    assertThat(once.tries()).isEqualTo(1);
    assertThat(again.tries()).isEqualTo(3);
    assertThat(again.perhapsRepeated()).isTrue();
    assertThat(balancer.statistics()).allMatch(one -> one.failures() == 0 && one.active() == 0);
  }

  @Test
  void send_unavailable_mayHaveHadItsEffectAndIsNotSentAgain() throws Exception {
    Server one = server("a", Manner.UNAVAILABLE);
    Server other = server("b", Manner.UNAVAILABLE);
    shown.show(one.instance(), other.instance());

    Answer<String> once = send(PAY);
    Answer<String> again = send(KEYED);

    assertThat(once.response().statusCode()).isEqualTo(503);
    assertThat(once.tries()).isEqualTo(1);
    assertThat(again.tries()).isEqualTo(3);
    assertThat(again.perhapsRepeated()).isTrue();
  }

  @Test
  void send_failedByTheInstance_givesTheResponseUnlessIdempotent() throws Exception {
    Server failing = server("a", Manner.FAIL);
    Server other = server("b", Manner.FAIL);
    shown.show(failing.instance(), other.instance());

    Answer<String> once = send(PAY);
    Answer<String> again = send(KEYED);

    assertThat(once.response().statusCode()).isEqualTo(500);
    assertThat(once.tries()).isEqualTo(1);
    assertThat(once.perhapsRepeated()).isFalse();
    assertThat(again.response().statusCode()).isEqualTo(500);
    assertThat(again.tries()).isEqualTo(3);
    assertThat(again.perhapsRepeated()).isTrue();
  }

  @Test
  void send_budgetUsedUp_isNotSentAgain() throws Exception {
    Server failing = server("a", Manner.FAIL);
    shown.show(failing.instance());
    BalancedHttpClient client =
        new BalancedHttpClient(balancer, RULES, new RetryBudget(0, 0), HttpClient.newHttpClient());

    Answer<String> answer = get(client.send(KEYED, BodyHandlers.ofString()));

    assertThat(answer.tries()).isEqualTo(1);
    assertThat(failing.requests()).isEqualTo(1);
  }

  @Test
  void send_noInstance_isNotSent() {
    assertThatThrownBy(() -> send(PAY))
        .cause()
        .isInstanceOf(NotSentException.class)
        .hasMessageContaining("no instance of service 's' is registered");
  }

  @Test
  void send_serviceOfWhichNothingIsKnown_saysSo() {
    LoadBalancer unheard =
        new LoadBalancer(() -> ServiceSnapshot.unknown("payment"), Policy.random());

    assertThatThrownBy(
            () -> new BalancedHttpClient(unheard).send(PAY, BodyHandlers.ofString()).join())
        .cause()
        .isInstanceOf(NotSentException.class)
        .hasMessageContaining("nothing is known of service 'payment' yet");
  }

  @Test
  void send_nobodyTakesRequests_saysWhy() {
    shown.show(
        ServiceInstance.http("s", "a", "127.0.0.1", 1).withStatus(InstanceStatus.DRAINING),
        ServiceInstance.http("s", "b", "127.0.0.1", 1).withStatus(InstanceStatus.DRAINING),
        ServiceInstance.http("s", "c", "127.0.0.1", 1).withWeight(0));

    assertThatThrownBy(() -> send(PAY))
        .cause()
        .isInstanceOf(NotSentException.class)
        .hasMessageContaining(
            "of service 's' no instance takes requests: 2 DRAINING, 1 of weight 0");
  }

  @Test
  void send_instanceWithoutThePort_isNotSent() {
    shown.show(ServiceInstance.of("s", "a", "127.0.0.1").withPort("admin", 1));

    assertThatThrownBy(() -> send(PAY))
        .cause()
        .isInstanceOf(NotSentException.class)
        .hasMessageContaining("instance a has no port named http");
  }

  @Test
  void send_instanceAppearsBetweenTries_isSentThere() throws Exception {
    Server late = server("late", Manner.ANSWER);
    CallRules patient = RULES.withRetries(AT_ONCE.withAttempts(1_000).withBackoff(tick(), tick()));
    BalancedHttpClient client =
        new BalancedHttpClient(
            balancer, patient, new RetryBudget(0, 1_000), HttpClient.newHttpClient());
    CompletableFuture<Answer<String>> answer = client.send(PAY, BodyHandlers.ofString());

    shown.show(late.instance());

    assertThat(get(answer).response().body()).isEqualTo("late");
  }

  private static Duration tick() {
    return Duration.ofMillis(100);
  }

  @Test
  void send_noAnswerBeforeTheDeadline_isUnknown() throws Exception {
    Server holding = server("a", Manner.HOLD);
    shown.show(holding.instance());

    assertThatThrownBy(() -> send(PAY.within(Duration.ofMillis(300))))
        .cause()
        .isInstanceOf(CallOutcomeUnknownException.class)
        .hasMessageContaining("deadline");
    assertThat(active()).isZero();
    assertThat(failures("a")).as("it had all the time there was").isEqualTo(1);
  }

  @Test
  void send_noAnswerInATrysTime_isSentElsewhereIfIdempotent() throws Exception {
    Server holding = server("a", Manner.HOLD);
    Server live = server("b", Manner.ANSWER);
    shown.show(holding.instance(), live.instance());
    CallRules hasty = RULES.withAttempt(Duration.ofSeconds(2));

    List<Answer<String>> answers = List.of(send(hasty, KEYED), send(hasty, KEYED));

    assertThat(answers).allMatch(answer -> answer.response().body().equals("b"));
    assertThat(answers).extracting(Answer::perhapsRepeated).contains(true);
  }

  @Test
  void send_hedged_takesTheFirstAnswerAndCancelsTheOther() throws Exception {
    Server holding = server("a", Manner.HOLD);
    Server live = server("b", Manner.ANSWER);
    shown.show(holding.instance(), live.instance());
    CallRules hedging = RULES.withRetries(AT_ONCE.withHedgeAfter(Duration.ofMillis(50)));

    List<Answer<String>> answers = List.of(send(hedging, KEYED), send(hedging, KEYED));

    assertThat(answers).allMatch(answer -> answer.response().body().equals("b"));
    assertThat(holding.requests()).isPositive();
    assertThat(active()).isZero();
    assertThat(failures("a")).as("a hedge's loser says nothing of its instance").isZero();
  }

  @Test
  void send_hedgedButNotIdempotent_isSentOnce() throws Exception {
    Server holding = server("a", Manner.HOLD);
    Server other = server("b", Manner.HOLD);
    shown.show(holding.instance(), other.instance());
    CallRules hedging = RULES.withRetries(AT_ONCE.withHedgeAfter(Duration.ofMillis(1)));

    assertThatThrownBy(() -> send(hedging, PAY.within(Duration.ofMillis(500))))
        .hasCauseInstanceOf(CallOutcomeUnknownException.class);

    // What was sent may still be on its way to the server's own thread.
    await().until(() -> holding.requests() + other.requests() > 0);
    assertThat(holding.requests() + other.requests()).isEqualTo(1);
  }

  @Test
  void cancel_whileUnderWay_endsTheTryWithoutAVerdict() throws Exception {
    Server holding = server("a", Manner.HOLD);
    shown.show(holding.instance());
    CompletableFuture<Answer<String>> answer =
        new BalancedHttpClient(balancer, RULES).send(PAY, BodyHandlers.ofString());
    holding.awaitArrival();

    answer.cancel(false);

    assertThat(active()).isZero();
    assertThat(failures("a")).isZero();
  }

  private long failures(String id) {
    return balancer.statistics().stream()
        .filter(each -> each.instance().id().equals(id))
        .mapToLong(EndpointStatistics::failures)
        .sum();
  }

  @Test
  void send_instanceBeginsToDrain_itsCallGoesOnAndTheNextGoesElsewhere() throws Exception {
    Server draining = server("a", Manner.HOLD);
    shown.show(draining.instance());
    BalancedHttpClient client = new BalancedHttpClient(balancer, RULES);
    CompletableFuture<Answer<String>> underWay = client.send(PAY, BodyHandlers.ofString());
    draining.awaitArrival();
    Server other = server("b", Manner.ANSWER);

    shown.show(draining.instance().withStatus(InstanceStatus.DRAINING), other.instance());

    assertThat(List.of(send(PAY), send(PAY)))
        .allMatch(answer -> answer.response().body().equals("b"));
    draining.release();
    assertThat(get(underWay).response().body()).isEqualTo("a");
    await().until(() -> active() == 0);
  }

  @Test
  void send_judgeThrows_isUnknownAndEnds() throws Exception {
    Server a = server("a", Manner.ANSWER);
    shown.show(a.instance());
    IllegalStateException mistake = new IllegalStateException("a mistake of the caller's");
    CallRules broken =
        RULES.withJudge(
            response -> {
              throw mistake;
            });

    assertThatThrownBy(() -> send(broken, PAY))
        .hasCauseInstanceOf(CallOutcomeUnknownException.class)
        .hasRootCause(mistake);

    assertThat(active()).isZero();
  }

  @Test
  void send_otherJudge_decides() throws Exception {
    Server full = server("a", Manner.REFUSE);
    shown.show(full.instance());
    CallRules lenient = RULES.withJudge(response -> ResponseVerdict.ANSWERED);

    HttpResponse<String> response = send(lenient, PAY).response();

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(full.requests()).isEqualTo(1);
  }

  @Test
  void call_withASecretInItsQueryOrHeaders_doesNotShowIt() {
    HttpCall call = HttpCall.get("/cards?pan=4111").withHeader("Authorization", "Bearer hush");

    assertThat(call).hasToString("GET /cards");
    assertThatThrownBy(() -> send(call))
        .isInstanceOf(ExecutionException.class)
        .hasMessageNotContaining("4111")
        .hasMessageNotContaining("hush");
    assertThatThrownBy(() -> call.withHeader("X-Key", "hu\nsh"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("hu\nsh")
        .hasNoCause();
    assertThatThrownBy(() -> HttpCall.get("//evil.example/x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
