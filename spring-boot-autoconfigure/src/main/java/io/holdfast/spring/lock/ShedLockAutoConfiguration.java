package io.holdfast.spring.lock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.shedlock.HoldfastLockProvider;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** A {@link LockProvider} for {@code @SchedulerLock}, if {@code shedlock-adapter} is there. */
@AutoConfiguration(after = HoldfastAutoConfiguration.class)
@ConditionalOnClass(HoldfastLockProvider.class)
@ConditionalOnBean(Coordinator.class)
public final class ShedLockAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(LockProvider.class)
  HoldfastLockProvider holdfastLockProvider(Coordinator coordinator) {
    return new HoldfastLockProvider(coordinator);
  }
}
