package io.holdfast.spring.commit;

import io.holdfast.spring.internal.InterceptedMethods;
import java.lang.reflect.Method;
import java.util.Optional;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ReflectionUtils;

/** Ends the start of the application if a {@link GlobalTransaction} method cannot be one. */
final class GlobalTransactionBeans implements BeanPostProcessor {

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
    if (AnnotationUtils.isCandidateClass(type, GlobalTransaction.class)) {
      boolean whole = AnnotatedElementUtils.hasAnnotation(type, GlobalTransaction.class);
      ReflectionUtils.doWithMethods(type, method -> check(method, whole));
    }
    return bean;
  }

  private static void check(Method method, boolean whole) {
    boolean itself = AnnotatedElementUtils.hasAnnotation(method, GlobalTransaction.class);
    Optional<String> hiding = InterceptedMethods.hidingModifier(method);
    if (itself && hiding.isPresent()) {
      throw refused(method, "is " + hiding.get() + ", so no proxy can begin the transaction");
    }
    if ((itself || (whole && hiding.isEmpty())) && InterceptedMethods.endsLater(method)) {
      throw refused(
          method,
          "gives its result later, when the transaction has ended: wait for it within the method");
    }
  }

  private static IllegalStateException refused(Method method, String why) {
    return new IllegalStateException(
        "@GlobalTransaction "
            + method.getDeclaringClass().getName()
            + "."
            + method.getName()
            + " "
            + why);
  }
}
