package io.holdfast.spring.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;

/** What a proxy can do around the methods of beans. */
public final class InterceptedMethods {

  private static final List<String> UNSEEN = List.of("private", "static", "final");

  private InterceptedMethods() {}

  /**
   * The modifier that keeps proxies of classes from seeing calls of the method, if there is one.
   */
  public static Optional<String> hidingModifier(Method method) {
    List<String> modifiers = Arrays.asList(Modifier.toString(method.getModifiers()).split(" "));
    return UNSEEN.stream().filter(modifiers::contains).findFirst();
  }

  /** True if the work of the method may go on after it has returned. */
  public static boolean endsLater(Method method) {
    Class<?> result = method.getReturnType();
    return Future.class.isAssignableFrom(result)
        || CompletionStage.class.isAssignableFrom(result)
        || KotlinDetector.isSuspendingFunction(method)
        || ReactiveAdapterRegistry.getSharedInstance().getAdapter(result) != null;
  }
}
