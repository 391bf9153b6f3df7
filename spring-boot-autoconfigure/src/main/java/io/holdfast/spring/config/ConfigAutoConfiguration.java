package io.holdfast.spring.config;

import io.holdfast.config.ConfigStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.context.scope.refresh.RefreshScope;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Refreshes what {@code spring.config.import=holdfast:} has imported. */
@AutoConfiguration
@ConditionalOnClass(ConfigStore.class)
@ConditionalOnBean(ImportedGroups.class)
@EnableConfigurationProperties(ImportProperties.class)
public final class ConfigAutoConfiguration {

  @Bean
  SettingsRefresh holdfastSettingsRefresh(
      ImportedGroups groups,
      ApplicationContext context,
      ObjectProvider<SettingsRefresh.Listener> cloud) {
    return new SettingsRefresh(groups, context, cloud.getIfAvailable(() -> names -> {}));
  }

  /** Apart, because an application may be without Spring Cloud. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(EnvironmentChangeEvent.class)
  static final class Cloud {

    @Bean
    SettingsRefresh.Listener holdfastCloudRefresh(
        ApplicationContext context, ObjectProvider<RefreshScope> scope) {
      return names -> {
        context.publishEvent(new EnvironmentChangeEvent(context, names));
        scope.ifAvailable(RefreshScope::refreshAll);
      };
    }
  }
}
