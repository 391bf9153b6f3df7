package io.holdfast.spring.actuate;

import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.Registry;
import io.holdfast.spring.balancing.ServiceBalancers;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Health and the endpoint, for applications with Spring Boot's actuator. */
@AutoConfiguration(
    after = HoldfastAutoConfiguration.class,
    afterName = "io.holdfast.spring.balancing.BalancingAutoConfiguration")
@ConditionalOnBean(Coordinator.class)
public final class ActuatorAutoConfiguration {

  /** The health of the session. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
  static final class WithHealth {

    @Bean
    @ConditionalOnEnabledHealthIndicator("holdfast")
    @ConditionalOnMissingBean(name = "holdfastHealthIndicator")
    HealthIndicator holdfastHealthIndicator(Coordinator coordinator) {
      return new SessionHealth(coordinator);
    }
  }

  /** The endpoint and its sections. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
  static final class WithEndpoint {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint
    HoldfastEndpoint holdfastEndpoint(
        Coordinator coordinator,
        ObjectProvider<Registry> registry,
        ObjectProvider<EndpointSection> sections,
        Environment environment) {
      return new HoldfastEndpoint(
          coordinator,
          registry.getIfAvailable(),
          sections.orderedStream().toList(),
          environment.getProperty(
              "holdfast.service.drain.bound", Duration.class, Duration.ofSeconds(20)));
    }

    @Bean
    EndpointSection holdfastLocksSection(Coordinator coordinator) {
      return new LocksSection(coordinator);
    }
  }

  /** Sections of the registry. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Endpoint.class, Registry.class})
  @ConditionalOnBean(Registry.class)
  static final class WithRegistry {

    @Bean
    EndpointSection holdfastServicesSection(Registry registry, Coordinator coordinator) {
      return new ServicesSection(registry, coordinator);
    }

    @Bean(destroyMethod = "close")
    DrainsSection holdfastDrainsSection(Registry registry) {
      return new DrainsSection(registry);
    }
  }

  /** The section of the balancer. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Endpoint.class, ServiceBalancers.class})
  @ConditionalOnBean(ServiceBalancers.class)
  static final class WithBalancers {

    @Bean
    EndpointSection holdfastExplainSection(ServiceBalancers balancers) {
      return new ExplainSection(balancers);
    }
  }
}
