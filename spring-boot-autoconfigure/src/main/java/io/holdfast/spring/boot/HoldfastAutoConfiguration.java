package io.holdfast.spring.boot;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.election.Elections;
import io.holdfast.lock.Locks;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryOptions;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * A {@link Coordinator} with its {@link Locks}, {@link Elections} and {@link Registry}. An
 * application replaces any of them by a bean of its own.
 *
 * <p>They are closed in the opposite order of their making, after every bean that uses them: first
 * the registry, which withdraws what is registered, then the coordinator, which frees the locks
 * that are still held.
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "holdfast.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HoldfastProperties.class)
@ImportRuntimeHints(HoldfastRuntimeHints.class)
public final class HoldfastAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  HoldfastConnectionDetails holdfastConnectionDetails(
      HoldfastProperties properties, ObjectProvider<SslBundles> bundles) {
    return new PropertiesConnectionDetails(properties, bundles);
  }

  /** Closed after the coordinator, which reads its files at every new connection. */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean(CoordinatorOptions.class)
  StoreCertificates holdfastStoreCertificates(
      HoldfastProperties properties,
      HoldfastConnectionDetails details,
      ObjectProvider<SslBundles> bundles) {
    return new StoreCertificates(properties.security(), details, bundles);
  }

  @Bean
  @ConditionalOnMissingBean
  CoordinatorOptions holdfastCoordinatorOptions(
      HoldfastProperties properties, StoreCertificates certificates, Environment environment) {
    CoordinatorOptions options =
        ConnectionOptions.of(properties, environment.getProperty("spring.application.name"));
    return options.withCredentials(certificates.with(options.credentials()));
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  Coordinator holdfastCoordinator(
      HoldfastProperties properties,
      HoldfastConnectionDetails details,
      CoordinatorOptions options) {
    return switch (properties.start()) {
      case WAIT -> Coordinator.connect(details.uri(), options);
      case BACKGROUND -> Coordinator.connectInBackground(details.uri(), options);
    };
  }

  @Bean
  @ConditionalOnMissingBean
  Locks holdfastLocks(Coordinator coordinator) {
    return new Locks(coordinator);
  }

  @Bean
  @ConditionalOnMissingBean
  Elections holdfastElections(Coordinator coordinator) {
    return new Elections(coordinator);
  }

  /** Apart, because an application that only locks needs no registry on its class path. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(Registry.class)
  static final class Registering {

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Registry holdfastRegistry(Coordinator coordinator, HoldfastProperties properties) {
      return new Registry(coordinator, options(coordinator.options(), properties.registry()));
    }

    private static RegistryOptions options(
        CoordinatorOptions connection, HoldfastProperties.Registry chosen) {
      RegistryOptions options = RegistryOptions.defaults(connection);
      if (chosen.patience() != null) {
        options = options.withPatience(chosen.patience());
      }
      return chosen.cache() == null ? options : options.withCache(chosen.cache());
    }
  }
}
