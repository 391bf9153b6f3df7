package io.holdfast.spring.lock;

import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import io.holdfast.lock.NamedLock;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.Expression;

/**
 * What {@link Locked} says of one method, read and checked.
 *
 * @param name with its placeholders replaced
 * @param key how the rest of the name is found, if there is one
 * @param waitAtMost empty for without a limit
 * @param mode how the lock is held
 * @param fence the bean that guards the database, if there is one
 */
record LockedMethod(
    Method method,
    String name,
    Optional<Expression> key,
    Optional<Duration> waitAtMost,
    Locked.Mode mode,
    Optional<LockFence> fence) {

  /**
   * The lock of one call.
   *
   * @throws IllegalArgumentException if the key is null, blank or fails, or is not a lock's name
   */
  LockName lock(
      @Nullable Object target,
      @Nullable Object[] arguments,
      ParameterNameDiscoverer parameters,
      BeanResolver beans) {
    if (key.isEmpty()) {
      return new LockName(name);
    }
    Expression expression = key.get();
    MethodBasedEvaluationContext context =
        new MethodBasedEvaluationContext(target, method, arguments, parameters);
    context.setBeanResolver(beans);
    Object value;
    try {
      value = expression.getValue(context);
    } catch (EvaluationException e) {
      throw new IllegalArgumentException(problem(expression, "failed: " + e.getMessage()), e);
    }
    if (value == null || value.toString().isBlank()) {
      throw new IllegalArgumentException(
          problem(expression, "is " + (value == null ? "null" : "blank") + ": which lock is it?"));
    }
    return new LockName(name + ":" + value);
  }

  private String problem(Expression expression, String what) {
    return "the key '" + expression.getExpressionString() + "' of " + method + " " + what;
  }

  DistributedLock of(Locks locks, LockName lock) {
    NamedLock named = locks.lock(lock.text());
    return switch (mode) {
      case EXCLUSIVE -> named.exclusive();
      case READ -> named.read();
      case WRITE -> named.write();
    };
  }

  /** Gives the hold to the parameters that ask for it. */
  void give(LockGrant grant, @Nullable Object[] arguments) {
    Class<?>[] types = method.getParameterTypes();
    for (int i = 0; i < types.length; i++) {
      if (types[i] == FencingToken.class) {
        arguments[i] = grant.token();
      } else if (types[i] == LockGrant.class) {
        arguments[i] = grant;
      }
    }
  }
}
