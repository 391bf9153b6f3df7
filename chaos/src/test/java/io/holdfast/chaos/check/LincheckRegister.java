package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.ValueResult;
import org.jetbrains.kotlinx.lincheck.VoidResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.HBClock;
import org.jetbrains.kotlinx.lincheck.execution.ResultWithClock;
import org.jetbrains.kotlinx.lincheck.transformation.InstrumentationMode;
import org.jetbrains.kotlinx.lincheck.transformation.LincheckJavaAgent;
import org.jetbrains.kotlinx.lincheck.verifier.linearizability.LinearizabilityVerifier;

/** Asks Lincheck's verifier about a history of {@link PlainRegister}. */
final class LincheckRegister {

  private static final Method WRITE = method("write", String.class);
  private static final Method READ = method("read");

  private LincheckRegister() {}

  /** The register as Lincheck wants a sequential specification. */
  public static final class Specification {
    private String value = "0";

    public void write(String next) {
      value = next;
    }

    public String read() {
      return value;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Specification that && that.value.equals(value);
    }

    @Override
    public int hashCode() {
      return value.hashCode();
    }
  }

  private static Method method(String name, Class<?>... parameters) {
    try {
      return Specification.class.getMethod(name, parameters);
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Before the first question: puts Lincheck's agent into this JVM. In this mode it watches only.
   */
  static void install() {
    LincheckJavaAgent.INSTANCE.install(InstrumentationMode.STRESS);
  }

  /** After the last question. */
  static void uninstall() {
    LincheckJavaAgent.INSTANCE.uninstall();
  }

  static boolean linearizable(List<List<Operation>> threads) {
    List<List<Actor>> actors = new ArrayList<>();
    List<List<ResultWithClock>> results = new ArrayList<>();
    for (List<Operation> thread : threads) {
      actors.add(thread.stream().map(LincheckRegister::actor).toList());
      results.add(thread.stream().map(operation -> result(operation, threads)).toList());
    }
    return new LinearizabilityVerifier(Specification.class)
        .verifyResults(
            new ExecutionScenario(List.of(), actors, List.of(), null),
            new ExecutionResult(List.of(), results, List.of()));
  }

  private static Actor actor(Operation operation) {
    return operation.action().equals("write")
        ? new Actor(WRITE, List.of(operation.asked("value")))
        : new Actor(READ, List.of());
  }

  /** With, for each thread, how many of its operations had returned before this one was called. */
  private static ResultWithClock result(Operation operation, List<List<Operation>> threads) {
    int[] clock =
        threads.stream()
            .mapToInt(
                thread ->
                    (int) thread.stream().filter(each -> each.end() < operation.call()).count())
            .toArray();
    return new ResultWithClock(
        operation.action().equals("write")
            ? VoidResult.INSTANCE
            : new ValueResult(Objects.requireNonNull(operation.answered("value"))),
        new HBClock(clock));
  }
}
