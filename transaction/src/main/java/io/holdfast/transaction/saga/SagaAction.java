package io.holdfast.transaction.saga;

import java.util.concurrent.CompletionStage;

/** One step, in one direction. */
@FunctionalInterface
public interface SagaAction {

  /**
   * Does it. Called where {@link io.holdfast.spi.Callbacks} run, and may block there for as long as
   * the time-out says. Must be idempotent by {@link StepCall#key}: a step is called again whenever
   * the answer to a call is not known, also by another process, and also while an earlier call is
   * still at work. The answer to a key never changes.
   *
   * @return may complete on any thread. A stage that fails, or does not complete within {@link
   *     StepRetry#timeout}, says that it is unknown what became of it
   */
  CompletionStage<StepOutcome> run(StepCall call);
}
