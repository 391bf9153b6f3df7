package io.holdfast.transaction.saga;

import java.util.Objects;
import java.util.Optional;

/**
 * One step of a definition.
 *
 * @param name unique in the definition: 1 to 60 of {@code a-z}, digits, {@code -}
 * @param forward does it
 * @param compensation makes up for it; empty if there is nothing to make up for
 * @param retry how often either is called when the outcome is unknown
 */
public record SagaStep(
    String name, SagaAction forward, Optional<SagaAction> compensation, StepRetry retry) {

  public SagaStep {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(forward, "forward");
    Objects.requireNonNull(compensation, "compensation");
    Objects.requireNonNull(retry, "retry");
    if (!name.matches(SagaDefinition.NAME)) {
      throw new IllegalArgumentException(
          "not the name of a step: '"
              + name
              + "'; it has 1 to 60 of a-z, digits and -, and does not begin with -");
    }
  }
}
