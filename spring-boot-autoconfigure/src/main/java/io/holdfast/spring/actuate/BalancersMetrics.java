package io.holdfast.spring.actuate;

import io.holdfast.metrics.BalancerMetrics;
import io.holdfast.spring.balancing.ServiceBalancers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Binds every balancer when it is made. */
final class BalancersMetrics implements MeterBinder {

  private final ServiceBalancers balancers;

  BalancersMetrics(ServiceBalancers balancers) {
    this.balancers = balancers;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    balancers.onEach(balancer -> BalancerMetrics.of(balancer).bindTo(meters));
  }
}
