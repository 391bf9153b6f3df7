package io.holdfast.spring.lock;

import io.holdfast.spring.internal.InterceptedMethods;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** Reads {@link Locked}, once for each method, and refuses what cannot work. */
final class LockedMethods {

  private static final String FOREVER = "forever";

  private final BeanFactory beans;
  private final Environment environment;
  private final ParameterNameDiscoverer parameters;
  private final SpelExpressionParser parser = new SpelExpressionParser();
  private final Map<OfType, LockedMethod> read = new ConcurrentHashMap<>();

  /** A method may be inherited by several beans, and be transactional in some. */
  private record OfType(Method method, Class<?> type) {}

  LockedMethods(BeanFactory beans, Environment environment, ParameterNameDiscoverer parameters) {
    this.beans = beans;
    this.environment = environment;
    this.parameters = parameters;
  }

  static @Nullable Locked annotation(Method method) {
    return AnnotatedElementUtils.findMergedAnnotation(method, Locked.class);
  }

  /**
   * What is declared.
   *
   * @param method of the bean's class, not of an interface
   * @param type the bean's class
   * @throws IllegalStateException if it cannot work
   */
  LockedMethod of(Method method, Class<?> type) {
    OfType of = new OfType(method, type);
    LockedMethod known = read.get(of);
    if (known != null) {
      return known;
    }
    Locked locked = annotation(method);
    if (locked == null) {
      throw new IllegalStateException(method + " is not @Locked");
    }
    LockedMethod made = read(of, locked);
    read.put(of, made);
    return made;
  }

  private LockedMethod read(OfType of, Locked locked) {
    Method method = of.method();
    refuseWhatNoProxyIntercepts(method);
    refuseLaterResults(method);
    String name = environment.resolveRequiredPlaceholders(locked.name());
    if (name.isBlank()) {
      throw refused(method, "has a blank name");
    }
    return new LockedMethod(
        method,
        name,
        key(method, locked.key()),
        wait(method, environment.resolveRequiredPlaceholders(locked.waitAtMost())),
        locked.mode(),
        fence(method, of.type(), locked));
  }

  private static void refuseWhatNoProxyIntercepts(Method method) {
    InterceptedMethods.hidingModifier(method)
        .ifPresent(
            what -> {
              throw refused(method, "is " + what + ", so no proxy can take the lock");
            });
  }

  private static void refuseLaterResults(Method method) {
    if (InterceptedMethods.endsLater(method)) {
      throw refused(
          method,
          "gives its result later, after the lock is free: use ReactiveLocks, withLock of Kotlin,"
              + " or acquireAsync");
    }
  }

  private Optional<Expression> key(Method method, String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    SpelExpression expression;
    try {
      expression = parser.parseRaw(text);
    } catch (ParseException e) {
      throw new IllegalStateException(where(method) + "has a key that is no SpEL: " + text, e);
    }
    variables(expression.getAST())
        .filter(variable -> !isKnown(method, variable))
        .findAny()
        .ifPresent(
            unknown -> {
              throw refused(
                  method,
                  "has the key '"
                      + text
                      + "', and no parameter "
                      + unknown
                      + "; if its names are not compiled in (-parameters), use #p0, #p1, ...");
            });
    return Optional.of(expression);
  }

  private static Stream<String> variables(SpelNode node) {
    Stream<String> below =
        Stream.iterate(0, i -> i < node.getChildCount(), i -> i + 1)
            .flatMap(i -> variables(node.getChild(i)));
    return node instanceof VariableReference variable
        ? Stream.concat(Stream.of(variable.toStringAST()), below)
        : below;
  }

  private boolean isKnown(Method method, String variable) {
    String name = variable.substring(1);
    if (name.equals("root") || name.equals("this")) {
      return true;
    }
    String[] names = parameters.getParameterNames(method);
    if (names != null && Arrays.asList(names).contains(name)) {
      return true;
    }
    return name.matches("[ap][0-9]{1,3}")
        && Integer.parseInt(name.substring(1)) < method.getParameterCount();
  }

  private static Optional<Duration> wait(Method method, String text) {
    if (text.equals(FOREVER)) {
      return Optional.empty();
    }
    try {
      Duration wait = DurationStyle.detectAndParse(text);
      if (!wait.isNegative()) {
        return Optional.of(wait);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(where(method) + "waits for no duration: " + text, e);
    }
    throw refused(method, "waits for a negative duration: " + text);
  }

  private Optional<LockFence> fence(Method method, Class<?> type, Locked locked) {
    if (locked.fence().isBlank()) {
      return Optional.empty();
    }
    if (locked.mode() == Locked.Mode.READ) {
      throw refused(method, "has a fence and only reads: readers do not fence each other");
    }
    if (!TransactionBinding.isPresent()) {
      throw refused(method, "has a fence, and spring-tx and spring-jdbc are not on the class path");
    }
    if (!TransactionBinding.isTransactional(method, type)) {
      throw refused(
          method,
          "has a fence and is not @Transactional, or reads only: the fence guards what is written");
    }
    try {
      return Optional.of(beans.getBean(locked.fence(), LockFence.class));
    } catch (NoSuchBeanDefinitionException e) {
      throw new IllegalStateException(
          where(method) + "has the fence '" + locked.fence() + "', and there is no such bean", e);
    }
  }

  static IllegalStateException refused(Method method, String why) {
    return new IllegalStateException(where(method) + why);
  }

  private static String where(Method method) {
    return "@Locked " + method.getDeclaringClass().getName() + "." + method.getName() + " ";
  }
}
