package io.holdfast.spring.actuate;

import io.holdfast.coordination.Coordinator;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.metrics.HoldfastMetrics;
import io.holdfast.metrics.RegistryMetrics;
import io.holdfast.registry.Registry;
import io.holdfast.spring.balancing.ServiceBalancers;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Meters of sessions, locks, registrations, views and balancers: see {@code docs/metrics.md}. */
@AutoConfiguration(
    after = HoldfastAutoConfiguration.class,
    afterName = "io.holdfast.spring.balancing.BalancingAutoConfiguration")
@ConditionalOnClass({MeterRegistry.class, HoldfastMetrics.class})
@ConditionalOnBean(Coordinator.class)
public final class MetricsAutoConfiguration {

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  HoldfastMetrics holdfastMetrics(Coordinator coordinator) {
    return HoldfastMetrics.of(coordinator);
  }

  /** Of the registry. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(Registry.class)
  static final class WithRegistry {

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    RegistryMetrics holdfastRegistryMetrics(Registry registry) {
      return RegistryMetrics.of(registry);
    }
  }

  /** Of the balancers. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(LoadBalancer.class)
  @ConditionalOnBean(ServiceBalancers.class)
  static final class WithBalancers {

    @Bean
    MeterBinder holdfastBalancersMetrics(ServiceBalancers balancers) {
      return new BalancersMetrics(balancers);
    }
  }
}
