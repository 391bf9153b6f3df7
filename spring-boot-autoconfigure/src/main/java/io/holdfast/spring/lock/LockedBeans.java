package io.holdfast.spring.lock;

import java.lang.reflect.Method;
import java.util.Set;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ReflectionUtils;

/** Ends the start of the application if a {@link Locked} method cannot be locked. */
final class LockedBeans implements BeanPostProcessor, Ordered {

  private final ObjectProvider<LockedMethods> methods;

  LockedBeans(ObjectProvider<LockedMethods> methods) {
    this.methods = methods;
  }

  /** After the proxies are made. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
    if (!AnnotationUtils.isCandidateClass(type, Locked.class)) {
      return bean;
    }
    Set<Method> locked =
        MethodIntrospector.selectMethods(
            type,
            (ReflectionUtils.MethodFilter) method -> LockedMethods.annotation(method) != null);
    for (Method method : locked) {
      methods.getObject().of(AopUtils.getMostSpecificMethod(method, type), type);
      if (!AopUtils.isAopProxy(bean)) {
        throw LockedMethods.refused(
            method, "is of bean '" + name + "', which has no proxy that could take the lock");
      }
    }
    return bean;
  }
}
