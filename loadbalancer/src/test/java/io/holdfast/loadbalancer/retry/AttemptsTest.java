package io.holdfast.loadbalancer.retry;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static io.holdfast.loadbalancer.retry.Idempotency.IDEMPOTENT;
import static io.holdfast.loadbalancer.retry.Idempotency.NOT_IDEMPOTENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.EndpointStatistics;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Picking;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.Snapshots;
import io.holdfast.loadbalancer.VirtualTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AttemptsTest {

  private final VirtualTime time = new VirtualTime();
  private final LoadBalancer balancer =
      new LoadBalancer(Snapshots.of(Snapshots.instances(4)), Policy.maglev());
  private final RetryBudget budget = new RetryBudget(0.2, 10, time);
  private final RetryRules rules = RetryRules.standard().withHedgeAfter(Duration.ofMillis(50));

  private Attempts attempts(Idempotency idempotency) {
    return new Attempts(balancer, rules, budget, idempotency);
  }

  private static String id(Optional<Pick> pick) {
    return pick.orElseThrow().instance().id();
  }

  @Test
  void retry_idempotent_takesAnotherInstanceEachTimeUpToTheLimit() {
    Attempts attempts = attempts(IDEMPOTENT);
    Set<String> tried = new HashSet<>();
    tried.add(id(attempts.first()));
    tried.add(id(attempts.retry(FailureKind.UNKNOWN)));
    tried.add(id(attempts.retry(FailureKind.UNKNOWN)));

    assertThat(tried).hasSize(3);
    assertThat(attempts.retry(FailureKind.UNKNOWN)).isEmpty();
    assertThat(attempts.made()).isEqualTo(3);
  }

  @Test
  void retry_notIdempotent_onlyWhenItCertainlyDidNothing() {
    Attempts attempts = attempts(NOT_IDEMPOTENT);
    attempts.first();

    assertThat(attempts.retry(FailureKind.UNKNOWN)).isEmpty();
    assertThat(attempts.retry(FailureKind.NOT_SENT)).isPresent();
    assertThat(attempts.retry(FailureKind.REFUSED)).isPresent();
  }

  @Test
  void hedge_idempotentOnly_andOnAnotherInstance() {
    Attempts idempotent = attempts(IDEMPOTENT);
    Attempts other = attempts(NOT_IDEMPOTENT);
    String first = id(idempotent.first());
    other.first();

    assertThat(id(idempotent.hedge())).isNotEqualTo(first);
    assertThat(idempotent.hedgeAfter()).contains(Duration.ofMillis(50));
    assertThat(other.hedge()).isEmpty();
    assertThat(other.hedgeAfter()).isEmpty();
  }

  @Test
  void hedge_rulesWithout_neverHappens() {
    Attempts attempts = new Attempts(balancer, RetryRules.standard(), budget, IDEMPOTENT);
    attempts.first();

    assertThat(attempts.hedge()).isEmpty();
  }

  @Test
  void oneInstance_retriedThereButNeverHedged() {
    LoadBalancer one = new LoadBalancer(Snapshots.of(instance("a")), Policy.random());
    Attempts attempts = new Attempts(one, rules, budget, IDEMPOTENT);
    attempts.first();

    assertThat(id(attempts.retry(FailureKind.UNKNOWN))).isEqualTo("a");
    assertThat(attempts.hedge()).isEmpty();
  }

  @Test
  void nobodyToSendTo_costsTheBudgetNothing() {
    Snapshots snapshots = Snapshots.of(instance("a"));
    LoadBalancer changing = new LoadBalancer(snapshots, Policy.random());
    RetryBudget one = new RetryBudget(0.1, 0, time);
    for (int i = 0; i < 10; i++) {
      one.request();
    }
    Attempts attempts = new Attempts(changing, rules, one, IDEMPOTENT);
    attempts.first();

    assertThat(attempts.hedge()).isEmpty();
    assertThat(attempts.made()).isEqualTo(1);
    snapshots.show();
    assertThat(attempts.retry(FailureKind.NOT_SENT)).isEmpty();
    assertThat(attempts.made()).isEqualTo(2);
    snapshots.show(instance("a"));
    assertThat(attempts.retry(FailureKind.NOT_SENT)).isPresent();
    assertThat(one.tryRetry()).isFalse();
  }

  @Test
  void hedge_budgetSpent_leavesTheOtherUntriedAndIdle() {
    Attempts attempts = new Attempts(balancer, rules, new RetryBudget(0, 0, time), IDEMPOTENT);
    attempts.first();

    assertThat(attempts.hedge()).isEmpty();
    assertThat(balancer.statistics().stream().mapToInt(EndpointStatistics::active).sum())
        .isEqualTo(1);
  }

  @Test
  void affinity_firstTry_goesToTheOwner() {
    for (int i = 0; i < 100; i++) {
      Affinity affinity = Affinity.of("payment-" + i);
      Attempts attempts = new Attempts(balancer, rules, budget, IDEMPOTENT, affinity);
      assertThat(id(attempts.first())).isEqualTo(Picking.owner(balancer, affinity));
    }
  }

  @Test
  void first_twice_isAMistake() {
    Attempts attempts = attempts(IDEMPOTENT);
    attempts.first();

    assertThatThrownBy(attempts::first).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void retry_budgetSpent_isRefused() {
    RetryBudget none = new RetryBudget(0, 0, time);
    Attempts attempts = new Attempts(balancer, rules, none, IDEMPOTENT);
    attempts.first();

    assertThat(attempts.retry(FailureKind.UNKNOWN)).isEmpty();
  }

  @Test
  void budget_manyRequests_allowsItsPartOfThem() {
    RetryBudget fifth = new RetryBudget(0.2, 0, time);
    for (int i = 0; i < 100; i++) {
      fifth.request();
    }
    int allowed = 0;
    for (int i = 0; i < 100; i++) {
      allowed += fifth.tryRetry() ? 1 : 0;
    }

    assertThat(allowed).isEqualTo(20);
  }

  @Test
  void budget_fewRequests_allowsSomeASecond_andForgetsAfterTenSeconds() {
    RetryBudget few = new RetryBudget(0, 1, time);
    for (int i = 0; i < 10; i++) {
      assertThat(few.tryRetry()).isTrue();
    }
    assertThat(few.tryRetry()).isFalse();
    time.pass(Duration.ofSeconds(5));
    assertThat(few.tryRetry()).isFalse();

    time.pass(Duration.ofSeconds(6));
    assertThat(few.tryRetry()).isTrue();
  }

  @Test
  void budget_requestsOfLongAgo_countNoMore() {
    RetryBudget fifth = new RetryBudget(0.2, 0, time);
    for (int i = 0; i < 100; i++) {
      fifth.request();
    }
    time.pass(Duration.ofSeconds(9));
    fifth.request();
    assertThat(fifth.tryRetry()).isTrue();
    time.pass(Duration.ofSeconds(2));
    fifth.request();

    assertThat(fifth.tryRetry()).isFalse();
  }

  @Test
  void backoff_growingNumberOfTries_staysWithinItsBounds() {
    RandomSource dice = RandomSource.seeded(4);
    for (int i = 0; i < 1_000; i++) {
      assertThat(rules.backoff(1, dice)).isLessThan(Duration.ofMillis(25));
      assertThat(rules.backoff(2, dice)).isLessThan(Duration.ofMillis(50));
      assertThat(rules.backoff(60, dice)).isLessThan(Duration.ofMillis(250));
    }
  }
}
