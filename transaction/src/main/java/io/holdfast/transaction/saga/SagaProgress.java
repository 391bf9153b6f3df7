package io.holdfast.transaction.saga;

import io.holdfast.spi.Context;
import io.holdfast.transaction.internal.Failures;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How sagas of one definition go on. Pure: told what happened, it says how a saga stands then.
 *
 * <pre>
 *   RUNNING, FORWARD:  step 1 -- done --> step 2 -- done --> ... ---------------> COMPLETED
 *                        |                  |
 *                        | refused          | refused, or time is up before it is called
 *                        v                  v
 *   RUNNING, COMPENSATING: ... <-- done -- step 1 ------------------------------> COMPENSATED
 *
 *   RUNNING -- unknown too often, or a compensation is refused --> PARKED -- resumed --> RUNNING
 * </pre>
 *
 * <p>A step whose outcome is unknown is called again under its key, in whichever direction, and
 * neither passed over nor compensated: it may have had its effect, or may have it yet.
 */
final class SagaProgress {

  /** After a call's time-out, until somebody else takes it for forgotten. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final SagaDefinition definition;
  private final SagaRules rules;

  SagaProgress(SagaDefinition definition, SagaRules rules) {
    this.definition = definition;
    this.rules = rules;
  }

  SagaStep step(Saga saga) {
    return definition.steps().get(saga.step());
  }

  /** Of its present step, for people. */
  String name(Saga saga) {
    return saga.step() < definition.steps().size() ? step(saga).name() : "unknown here";
  }

  /**
   * The state to store before any action: that the present step is called, or that it is too late
   * for it, or was called often enough by processes that have died at it. A saga that is not
   * running stays as it is.
   */
  Saga next(Saga saga, Instant now) {
    if (saga.state() != SagaState.RUNNING || now.isBefore(saga.due())) {
      return saga;
    }
    if (!isThere(saga)) {
      String why = "version %d has no such step: was it changed without a new number?";
      return saga.unknown(SagaState.PARKED, now, why.formatted(saga.version()));
    }
    if (saga.direction() == Direction.FORWARD
        && now.isAfter(saga.deadline())
        && rules.turnsAtDeadline(saga)) {
      return next(compensating(saga, saga.step(), "the deadline has passed", now), now);
    }
    if (saga.attempts() >= step(saga).retry().attempts() && rules.parks()) {
      return saga.unknown(SagaState.PARKED, now, step(saga).name() + " was never answered");
    }
    return saga.calling(now, now.plus(step(saga).retry().timeout()).plus(GRACE));
  }

  /** A definition that was changed under its sagas may lack what they are at. */
  private boolean isThere(Saga saga) {
    return saga.step() < definition.steps().size()
        && (saga.direction() == Direction.FORWARD || step(saga).compensation().isPresent());
  }

  /** What an operator says of the present step, if he does. */
  Optional<StepOutcome> verdict(Saga saga) {
    if (saga.state() != SagaState.RUNNING || !isThere(saga)) {
      return Optional.empty();
    }
    return switch (saga.verdict()) {
      case NONE -> Optional.empty();
      case DONE -> Optional.of(new StepOutcome.Done(saga.reason()));
      case REFUSED -> Optional.of(new StepOutcome.Refused(saga.reason()));
    };
  }

  /** The present step is done or refused; that is final. */
  Saga ended(Saga saga, StepOutcome outcome, Instant now) {
    if (outcome instanceof StepOutcome.Done done) {
      return saga.direction() == Direction.FORWARD
          ? forward(saga.with(step(saga).name(), done.result()), now)
          : backward(saga, saga.step() - 1, saga.reason(), now);
    }
    String reason = Failures.shortened(((StepOutcome.Refused) outcome).reason());
    return saga.direction() == Direction.FORWARD
        ? compensating(saga, saga.step(), step(saga).name() + " was refused: " + reason, now)
        : saga.unknown(SagaState.PARKED, now, "compensation was refused: " + reason);
  }

  private Saga forward(Saga saga, Instant now) {
    int next = saga.step() + 1;
    return next < definition.steps().size()
        ? saga.at(SagaState.RUNNING, Direction.FORWARD, next, now, "")
        : saga.at(SagaState.COMPLETED, Direction.FORWARD, saga.step(), now, "");
  }

  private Saga compensating(Saga saga, int refused, String reason, Instant now) {
    return backward(saga, rules.firstCompensated(refused), reason, now);
  }

  /** To the last of the steps up to {@code place} that has something to make up for. */
  private Saga backward(Saga saga, int place, String reason, Instant now) {
    List<SagaStep> steps = definition.steps();
    int next = place;
    while (next >= 0 && steps.get(next).compensation().isEmpty()) {
      next--;
    }
    return next >= 0
        ? saga.at(SagaState.RUNNING, Direction.COMPENSATING, next, now, reason)
        : saga.at(SagaState.COMPENSATED, Direction.COMPENSATING, 0, now, reason);
  }

  /** A call has failed, or not answered in time. */
  Saga unknown(Saga saga, String reason, Instant now, Context context) {
    StepRetry retry = step(saga).retry();
    if (rules.takesSilenceForRefusal() && saga.direction() == Direction.FORWARD) {
      return ended(saga, new StepOutcome.Refused(reason), now);
    }
    boolean enough =
        saga.attempts() >= retry.attempts() || !now.isBefore(saga.since().plus(retry.within()));
    String why = Failures.shortened(step(saga).name() + " is unknown: " + reason);
    return enough && rules.parks()
        ? saga.unknown(SagaState.PARKED, now, why)
        : saga.unknown(
            SagaState.RUNNING, now.plus(context.jittered(retry.pause(saga.attempts()))), why);
  }

  String key(Saga saga) {
    return rules.key(saga, step(saga));
  }
}
