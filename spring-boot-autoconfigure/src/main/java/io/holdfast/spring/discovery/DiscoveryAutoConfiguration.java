package io.holdfast.spring.discovery;

import io.holdfast.registry.Registry;
import io.holdfast.spring.registration.InstanceLifecycle;
import io.holdfast.spring.registration.RegistrationAutoConfiguration;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.cloud.client.ConditionalOnBlockingDiscoveryEnabled;
import org.springframework.cloud.client.ConditionalOnDiscoveryEnabled;
import org.springframework.cloud.client.ConditionalOnReactiveDiscoveryEnabled;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.health.DiscoveryHealthIndicator;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

/**
 * Spring Cloud's beans for discovery and registration.
 *
 * <p>Beside another {@code ServiceRegistry} (Eureka's, Consul's, ZooKeeper's) ours is not injected
 * by type: Spring Cloud's endpoint and many applications expect exactly one.
 */
@AutoConfiguration(
    after = RegistrationAutoConfiguration.class,
    afterName = {
      "org.springframework.cloud.netflix.eureka.EurekaClientAutoConfiguration",
      "org.springframework.cloud.consul.serviceregistry.ConsulServiceRegistryAutoConfiguration",
      "org.springframework.cloud.zookeeper.serviceregistry.ZookeeperServiceRegistryAutoConfiguration",
    },
    beforeName = {
      "org.springframework.cloud.client.serviceregistry.ServiceRegistryAutoConfiguration",
      "org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration",
      "org.springframework.cloud.client.CommonsClientAutoConfiguration",
      "org.springframework.cloud.client.ReactiveCommonsClientAutoConfiguration",
    })
@ConditionalOnClass({Registry.class, DiscoveryClient.class})
@ConditionalOnBean(Registry.class)
@ConditionalOnDiscoveryEnabled
@ConditionalOnBooleanProperty(name = "holdfast.discovery.enabled", matchIfMissing = true)
@EnableConfigurationProperties(DiscoveryProperties.class)
public final class DiscoveryAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  ServiceViews holdfastServiceViews(Registry registry, DiscoveryProperties properties) {
    return new ServiceViews(registry, properties.firstAnswer());
  }

  @Bean
  @ConditionalOnBooleanProperty(name = "holdfast.discovery.heartbeat", matchIfMissing = true)
  ServiceHeartbeats holdfastServiceHeartbeats(
      Registry registry, ServiceViews views, ApplicationEventPublisher publisher) {
    return new ServiceHeartbeats(registry, views, publisher);
  }

  /** For blocking callers. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBlockingDiscoveryEnabled
  static final class Blocking {

    @Bean
    @ConditionalOnMissingBean
    HoldfastDiscoveryClient holdfastDiscoveryClient(
        ServiceViews views,
        DiscoveryProperties properties,
        ObjectProvider<ObservationRegistry> observations) {
      return new HoldfastDiscoveryClient(
          views, properties.order(), observations.getIfUnique(() -> ObservationRegistry.NOOP));
    }
  }

  /** For applications with Reactor. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(Flux.class)
  @ConditionalOnReactiveDiscoveryEnabled
  static final class Reactive {

    @Bean
    @ConditionalOnMissingBean
    HoldfastReactiveDiscoveryClient holdfastReactiveDiscoveryClient(
        ServiceViews views,
        DiscoveryProperties properties,
        ObjectProvider<ObservationRegistry> observations) {
      return new HoldfastReactiveDiscoveryClient(
          views, properties.order(), observations.getIfUnique(() -> ObservationRegistry.NOOP));
    }
  }

  /** For applications with health indicators. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(Health.class)
  static final class WithHealth {

    @Bean
    @ConditionalOnMissingBean
    DiscoveryHealthIndicator holdfastDiscoveryHealth(ServiceViews views) {
      return new HoldfastDiscoveryHealth(views);
    }
  }

  /** The only registry of the application. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingBean(ServiceRegistry.class)
  static final class Alone {

    @Bean
    HoldfastServiceRegistry holdfastServiceRegistry(Registry registry) {
      return new HoldfastServiceRegistry(registry);
    }

    @Bean
    @ConditionalOnBean(InstanceLifecycle.class)
    HoldfastRegistration holdfastRegistration(InstanceLifecycle lifecycle) {
      return registrationOf(lifecycle);
    }
  }

  /** Beside another registry. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(ServiceRegistry.class)
  static final class BesideAnother {

    @Bean(defaultCandidate = false)
    @ConditionalOnMissingBean(name = "holdfastServiceRegistry")
    HoldfastServiceRegistry holdfastServiceRegistry(Registry registry) {
      return new HoldfastServiceRegistry(registry);
    }

    @Bean(defaultCandidate = false)
    @ConditionalOnMissingBean(name = "holdfastRegistration")
    @ConditionalOnBean(InstanceLifecycle.class)
    HoldfastRegistration holdfastRegistration(InstanceLifecycle lifecycle) {
      return registrationOf(lifecycle);
    }
  }

  private static HoldfastRegistration registrationOf(InstanceLifecycle lifecycle) {
    return new HoldfastRegistration(
        lifecycle.service(), () -> lifecycle.registration().map(there -> there.instance()));
  }
}
