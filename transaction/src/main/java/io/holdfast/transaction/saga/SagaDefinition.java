package io.holdfast.transaction.saga;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a kind of saga consists of. Immutable; each method returns a new one.
 *
 * <pre>{@code
 * SagaDefinition.named("payout", 1)
 *     .within(Duration.ofHours(1))
 *     .step("reserve", ledger::reserve, ledger::release)
 *     .step("send", bank::send, bank::recall)
 *     .lastStep("book", ledger::book);
 * }</pre>
 *
 * <p>A saga keeps the version that it was started with. If you change the steps, their names or
 * their order, give a new version number, and keep the old definition until no saga of it is left:
 * a process that does not know a definition leaves its sagas alone.
 *
 * @param name 1 to 60 of {@code a-z}, digits, {@code -}
 * @param version at least 1
 * @param deadline from the start of a saga until no further step is begun and what was done is
 *     compensated
 * @param steps at least one once it is run
 */
public record SagaDefinition(String name, int version, Duration deadline, List<SagaStep> steps) {

  static final String NAME = "[a-z0-9][a-z0-9-]{0,59}";
  private static final Duration DEADLINE = Duration.ofDays(1);

  public SagaDefinition {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(deadline, "deadline");
    Objects.requireNonNull(steps, "steps");
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException(
          "not the name of a definition: '"
              + name
              + "'; it has 1 to 60 of a-z, digits and -, and does not begin with -");
    }
    if (version < 1) {
      throw new IllegalArgumentException("versions begin with 1");
    }
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("a deadline is positive");
    }
    steps = List.copyOf(steps);
    if (steps.stream().map(SagaStep::name).distinct().count() < steps.size()) {
      throw new IllegalArgumentException("two steps of " + name + " have one name");
    }
  }

  /** No steps yet, and a day for all. */
  public static SagaDefinition named(String name, int version) {
    return new SagaDefinition(name, version, DEADLINE, List.of());
  }

  /** With another deadline for the whole. */
  public SagaDefinition within(Duration other) {
    return new SagaDefinition(name, version, other, steps);
  }

  /** One more step, tried as {@link StepRetry#defaults} says. */
  public SagaDefinition step(String step, SagaAction forward, SagaAction compensation) {
    Objects.requireNonNull(compensation, "compensation");
    return step(new SagaStep(step, forward, Optional.of(compensation), StepRetry.defaults()));
  }

  /** One more step, with nothing to make up for: the last one, or one that only looks. */
  public SagaDefinition lastStep(String step, SagaAction forward) {
    return step(new SagaStep(step, forward, Optional.empty(), StepRetry.defaults()));
  }

  /** One more step. */
  public SagaDefinition step(SagaStep step) {
    Objects.requireNonNull(step, "step");
    List<SagaStep> more = new ArrayList<>(steps);
    more.add(step);
    return new SagaDefinition(name, version, deadline, more);
  }
}
