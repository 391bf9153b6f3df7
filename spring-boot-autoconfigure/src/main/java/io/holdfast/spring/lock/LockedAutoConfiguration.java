package io.holdfast.spring.lock;

import io.holdfast.lock.Locks;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.context.annotation.Role;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecutionListener;

/** Makes {@link Locked} work on the beans of the application. */
@AutoConfiguration(after = HoldfastAutoConfiguration.class)
@ConditionalOnBean(Locks.class)
@Import(LockedAutoConfiguration.Proxies.class)
public final class LockedAutoConfiguration {

  /** Proxies of classes, as Spring Boot makes them, whether or not AspectJ is there. */
  static final class Proxies implements ImportBeanDefinitionRegistrar {
    @Override
    public void registerBeanDefinitions(
        AnnotationMetadata importing, BeanDefinitionRegistry registry) {
      AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
      AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(registry);
    }
  }

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static HeldLocks holdfastHeldLocks() {
    return new HeldLocks();
  }

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static LockedMethods holdfastLockedMethods(BeanFactory beans, Environment environment) {
    return new LockedMethods(beans, environment, new DefaultParameterNameDiscoverer());
  }

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static LockedAdvisor holdfastLockedAdvisor(
      ObjectProvider<Locks> locks,
      ObjectProvider<LockedMethods> methods,
      HeldLocks held,
      BeanFactory beans,
      ObjectProvider<ObservationRegistry> observations) {
    return new LockedAdvisor(
        new LockedInterceptor(
            locks,
            methods,
            held,
            new DefaultParameterNameDiscoverer(),
            new BeanFactoryResolver(beans),
            new LockObservations(observations)));
  }

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static LockedBeans holdfastLockedBeans(ObjectProvider<LockedMethods> methods) {
    return new LockedBeans(methods);
  }

  /** Has every transaction manager check the fences. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(
      value = ConfigurableTransactionManager.class,
      name = "org.springframework.jdbc.datasource.DataSourceUtils")
  static final class Fences {

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BeanPostProcessor holdfastFences(HeldLocks held) {
      TransactionExecutionListener checking = TransactionBinding.checking(held);
      return new BeanPostProcessor() {
        @Override
        public @Nullable Object postProcessAfterInitialization(Object bean, String name) {
          if (bean instanceof ConfigurableTransactionManager manager) {
            manager.addListener(checking);
          }
          return bean;
        }
      };
    }
  }
}
