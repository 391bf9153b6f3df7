package io.holdfast.metrics;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.retry.RetryBudget;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;

/**
 * Binds a {@link LoadBalancer} to a meter registry, with what its calls may retry. The meters are
 * read off the balancer when they are exported: a pick does nothing for them. {@code
 * docs/metrics.md} lists them.
 */
public final class BalancerMetrics implements MeterBinder {

  private final LoadBalancer balancer;
  private final Optional<RetryBudget> budget;

  private BalancerMetrics(LoadBalancer balancer, Optional<RetryBudget> budget) {
    this.balancer = balancer;
    this.budget = budget;
  }

  /**
   * Of a balancer and of those made of it by {@link LoadBalancer#where}. The application has to
   * keep it; of two over one service only the first is bound.
   */
  public static BalancerMetrics of(LoadBalancer balancer) {
    return new BalancerMetrics(balancer, Optional.empty());
  }

  /** With the budget that bounds its retries. */
  public BalancerMetrics withBudget(RetryBudget other) {
    return new BalancerMetrics(balancer, Optional.of(other));
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    String service = balancer.service();
    Meters.PICK.counter(meters, balancer, of -> of.totals().successes(), service, "success");
    Meters.PICK.counter(meters, balancer, of -> of.totals().failures(), service, "failure");
    Meters.PICK.counter(meters, balancer, of -> of.totals().abandoned(), service, "abandoned");
    Meters.PICK.counter(meters, balancer, of -> of.totals().none(), service, "none");
    Meters.PICK_ACTIVE.gauge(meters, balancer, of -> of.totals().active(), service);
    Meters.EJECTED.gauge(meters, balancer, of -> of.totals().ejected(), service);
    Meters.EJECTIONS.counter(meters, balancer, of -> of.totals().ejections(), service);
    budget.ifPresent(
        retries -> {
          Meters.RETRY.counter(meters, retries, RetryBudget::granted, service, "granted");
          Meters.RETRY.counter(meters, retries, RetryBudget::refused, service, "refused");
          Meters.RETRY_BUDGET.gauge(meters, retries, RetryBudget::left, service);
        });
  }
}
