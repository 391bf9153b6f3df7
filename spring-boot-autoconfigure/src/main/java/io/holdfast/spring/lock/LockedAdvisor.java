package io.holdfast.spring.lock;

import java.lang.reflect.Method;
import org.aopalliance.aop.Advice;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationUtils;

/** Puts the interceptor around {@link Locked} methods, and so before their transactions. */
final class LockedAdvisor extends StaticMethodMatcherPointcutAdvisor {

  private static final long serialVersionUID = 1;

  /** Spring's transactions have the lowest precedence unless they are told otherwise. */
  private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 1_000;

  LockedAdvisor(Advice advice) {
    super(advice);
    setOrder(ORDER);
    setClassFilter(type -> AnnotationUtils.isCandidateClass(type, Locked.class));
  }

  @Override
  public boolean matches(Method method, Class<?> type) {
    return LockedMethods.annotation(AopUtils.getMostSpecificMethod(method, type)) != null;
  }
}
