package io.holdfast.spring.registration;

import io.holdfast.registry.Registry;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** Registers an application that has a web server. */
@AutoConfiguration(after = HoldfastAutoConfiguration.class)
@ConditionalOnClass({Registry.class, WebServerInitializedEvent.class})
@ConditionalOnWebApplication
@ConditionalOnBean(Registry.class)
@ConditionalOnBooleanProperty(name = "holdfast.service.register", matchIfMissing = true)
@EnableConfigurationProperties(ServiceProperties.class)
@Import(RequestFilters.class)
public final class RegistrationAutoConfiguration {

  @Bean(destroyMethod = "withdraw")
  @ConditionalOnMissingBean
  InstanceLifecycle holdfastInstanceLifecycle(
      Registry registry,
      ServiceProperties properties,
      RequestActivity activity,
      Environment environment) {
    return new InstanceLifecycle(
        registry, properties, new OwnInstance(properties, environment), activity);
  }
}
