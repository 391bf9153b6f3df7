package io.holdfast.spring.lock;

import io.holdfast.lock.Locks;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.integration.support.locks.ExpirableLockRegistry;
import org.springframework.integration.support.locks.LockRegistry;

/** A {@link HoldfastLockRegistry} for applications that have Spring Integration. */
@AutoConfiguration(after = HoldfastAutoConfiguration.class)
@ConditionalOnClass(ExpirableLockRegistry.class)
@ConditionalOnBean(Locks.class)
public final class IntegrationLockAutoConfiguration {

  private static final String PREFIX = "integration";

  /** Its locks begin with the application's name. */
  @Bean
  @ConditionalOnMissingBean(LockRegistry.class)
  HoldfastLockRegistry holdfastLockRegistry(Locks locks, Environment environment) {
    return new HoldfastLockRegistry(
        locks, environment.getProperty("spring.application.name", PREFIX));
  }
}
