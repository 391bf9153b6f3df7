package io.holdfast.spring.balancing;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.spring.discovery.DiscoveryAutoConfiguration;
import io.holdfast.spring.discovery.ServiceViews;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;

/** Holdfast chooses the instances for Spring Cloud's load balancer, and learns the results. */
@AutoConfiguration(
    after = DiscoveryAutoConfiguration.class,
    beforeName = "org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration")
@ConditionalOnClass({LoadBalancer.class, ReactorServiceInstanceLoadBalancer.class})
@ConditionalOnBean(ServiceViews.class)
@ConditionalOnBooleanProperty(name = "holdfast.loadbalancer.enabled", matchIfMissing = true)
@EnableConfigurationProperties(LoadBalancerProperties.class)
@LoadBalancerClients(defaultConfiguration = BalancedClientConfiguration.class)
public final class BalancingAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  ServiceBalancers holdfastServiceBalancers(
      ServiceViews views, LoadBalancerProperties properties, ObjectProvider<Policy> own) {
    return new ServiceBalancers(
        views,
        service -> {
          Policy policy = own.getIfUnique();
          return policy == null ? properties.policy(service) : policy;
        });
  }

  @Bean
  RequestFeedback holdfastRequestFeedback(ObjectProvider<ObservationRegistry> observations) {
    return new RequestFeedback(observations.getIfUnique(() -> ObservationRegistry.NOOP));
  }

  /** For applications with the reactive client. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(WebClient.class)
  static final class Reactive {

    @Bean
    static CancelledExchanges holdfastCancelledExchanges() {
      return new CancelledExchanges();
    }
  }
}
