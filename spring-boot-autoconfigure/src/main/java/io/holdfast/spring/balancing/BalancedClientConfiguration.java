package io.holdfast.spring.balancing;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.ReactorLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The balancer of each service, in the child context that Spring Cloud makes for the service. */
@Configuration(proxyBeanMethods = false)
final class BalancedClientConfiguration {

  @Bean
  @ConditionalOnMissingBean
  ReactorLoadBalancer<ServiceInstance> holdfastLoadBalancer(
      Environment environment,
      ServiceBalancers balancers,
      LoadBalancerProperties properties,
      LoadBalancerClientFactory factory) {
    String service = environment.getProperty(LoadBalancerClientFactory.PROPERTY_NAME, "");
    ObjectProvider<ServiceInstanceListSupplier> others =
        factory.getLazyProvider(service, ServiceInstanceListSupplier.class);
    return new HoldfastLoadBalancer(
        service,
        balancers,
        properties.affinityHeader(),
        properties.fallback() ? new RoundRobinLoadBalancer(others, service) : null);
  }
}
