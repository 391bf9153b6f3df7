package io.holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.OutlierDetection;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.retry.Attempts;
import io.holdfast.loadbalancer.retry.FailureKind;
import io.holdfast.loadbalancer.retry.Idempotency;
import io.holdfast.loadbalancer.retry.RetryBudget;
import io.holdfast.loadbalancer.retry.RetryRules;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class BalancerMetricsTest {

  private final AtomicReference<ServiceSnapshot> snapshot =
      new AtomicReference<>(
          new ServiceSnapshot("billing", new Revision(9), Freshness.LIVE, both()));
  private final LoadBalancer balancer =
      new LoadBalancer(
          snapshot::get, Policy.roundRobin().withOutlierDetection(OutlierDetection.standard()));
  private final RetryBudget budget = new RetryBudget(0, 1);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private static List<RegisteredInstance> both() {
    return List.of(registered("b-1"), registered("b-2"));
  }

  private static RegisteredInstance registered(String id) {
    return new RegisteredInstance(
        ServiceInstance.http("billing", id, "10.0.0.7", 80), new Revision(1));
  }

  private double count(String name, String outcome) {
    return meters
        .get(name)
        .tags("service", "billing", "outcome", outcome)
        .functionCounter()
        .count();
  }

  @Test
  void picks_areCountedByOutcome_alsoOfInstancesThatHaveLeft() {
    BalancerMetrics.of(balancer).bindTo(meters);
    balancer.pick().orElseThrow().success();
    balancer.pick().orElseThrow().success();
    balancer.pick().orElseThrow().close();
    Pick failing = balancer.pick().orElseThrow();
    failing.failure();
    Pick open = balancer.pick().orElseThrow();

    assertThat(meters.get("holdfast.pick.active").gauge().value()).isEqualTo(1);
    open.success();
    snapshot.set(new ServiceSnapshot("billing", new Revision(10), Freshness.LIVE, List.of()));
    assertThat(balancer.pick()).isEmpty();

    assertThat(count("holdfast.pick", "success")).isEqualTo(3);
    assertThat(count("holdfast.pick", "failure")).isEqualTo(1);
    assertThat(count("holdfast.pick", "abandoned")).isEqualTo(1);
    assertThat(count("holdfast.pick", "none")).isEqualTo(1);
    assertThat(meters.get("holdfast.pick.active").gauge().value()).isZero();
  }

  @Test
  void ejections_areCountedAndShown() {
    BalancerMetrics.of(balancer).bindTo(meters);
    for (int failures = 0; meters.get("holdfast.ejected").gauge().value() == 0; failures++) {
      assertThat(failures).isLessThan(20);
      balancer.pick().orElseThrow().failure();
    }

    assertThat(meters.get("holdfast.ejections").functionCounter().count()).isEqualTo(1);
  }

  @Test
  void retries_areCountedByWhatTheBudgetSays() {
    BalancerMetrics.of(balancer).withBudget(budget).bindTo(meters);
    for (int request = 0; request < 12; request++) {
      Attempts attempts =
          new Attempts(balancer, RetryRules.standard(), budget, Idempotency.IDEMPOTENT);
      attempts.first().orElseThrow().close();
      attempts.retry(FailureKind.UNKNOWN).ifPresent(Pick::close);
    }

    assertThat(count("holdfast.retry", "granted")).isEqualTo(10);
    assertThat(count("holdfast.retry", "refused")).isEqualTo(2);
    assertThat(meters.get("holdfast.retry.budget").gauge().value()).isZero();
  }
}
