package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class CallAttemptTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AtomicLong time = new AtomicLong();
  private final LoadBalancer balancer =
      new LoadBalancer(
          new Shown(
              ServiceInstance.http("s", "early", "h", 80),
              ServiceInstance.http("s", "late", "h", 80)),
          Policy.peakEwma(),
          time::get,
          RandomSource.seeded(1));

  private CallAttempt<Void> begin(String other) {
    return new CallAttempt<>(
        balancer.pick(Set.of(other)).orElseThrow(), new CompletableFuture<>(), time::get);
  }

  private double cost(String id) {
    return balancer.explain().candidates().stream()
        .filter(one -> one.instance().id().equals(id))
        .findFirst()
        .orElseThrow()
        .score();
  }

  @Test
  void hadHalf_lateTry_hasNotAndIsNotToBlame() {
    CallAttempt<Void> early = begin("late");
    time.addAndGet(SECOND.toNanos());
    CallAttempt<Void> late = begin("early");
    time.addAndGet(SECOND.toNanos() - 1);

    assertThat(early.hadHalf(SECOND.multipliedBy(2))).isTrue();
    assertThat(late.hadHalf(SECOND.multipliedBy(2))).isFalse();
  }

  @Test
  void loseTo_oneThatWasAskedLater_teachesHowLongItTookAtLeast() {
    CallAttempt<Void> early = begin("late");
    time.addAndGet(SECOND.toNanos());
    CallAttempt<Void> late = begin("early");
    time.addAndGet(SECOND.toNanos());

    early.loseTo(late);

    assertThat(cost("early")).isBetween(1_999.9, 2_000.1);
    assertThat(balancer.statistics()).allMatch(one -> one.failures() == 0);
  }

  @Test
  void loseTo_oneThatWasAskedEarlier_saysNothing() {
    CallAttempt<Void> early = begin("late");
    time.addAndGet(SECOND.toNanos());
    CallAttempt<Void> late = begin("early");
    time.addAndGet(1);

    late.loseTo(early);

    assertThat(cost("late")).isZero();
    assertThat(late.exchange()).isCancelled();
  }
}
