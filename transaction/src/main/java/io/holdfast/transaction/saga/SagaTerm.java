package io.holdfast.transaction.saga;

import io.holdfast.lock.LockGrant;
import io.holdfast.spi.Context;
import io.holdfast.transaction.internal.ExclusiveTask;
import io.holdfast.transaction.internal.ExclusiveTaskTerm;
import io.holdfast.transaction.internal.Failures;
import io.holdfast.transaction.internal.RepeatedFailureLog;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's work on the sagas of one definition, under one hold of its lock. Before a step is
 * called it is stored, under the fence, that it is; what comes of a call is stored together with
 * the next one. Whatever cannot be stored, or was changed by an operator, is read again. Used in
 * the context only.
 */
final class SagaTerm implements ExclusiveTaskTerm.Work {

  private static final Logger LOG = LoggerFactory.getLogger(SagaTerm.class);

  private static final String READ = "cannot read sagas";
  private static final String STORE = "cannot store how sagas stand";

  /** What a term is part of. */
  record Surroundings(
      Context context,
      SagaStore store,
      SagaOptions options,
      SagaRules rules,
      InstantSource clock) {}

  private final Surroundings around;
  private final Context context;
  private final SagaDefinition definition;
  private final SagaProgress progress;
  private final LockGrant grant;
  private final RepeatedFailureLog repeatedFailureLog;
  private final ExclusiveTaskTerm term;
  private final Set<String> busy = new HashSet<>();
  private boolean reading;
  private boolean more;

  /**
   * Does nothing before {@link #begin}.
   *
   * @param duty retired from when a fence tells that there is a later process, or the store fails
   *     all the time
   */
  SagaTerm(
      Surroundings around,
      SagaDefinition definition,
      LockGrant grant,
      ExclusiveTask exclusiveTask) {
    this.around = around;
    this.context = around.context();
    this.definition = definition;
    this.progress = new SagaProgress(definition, around.rules());
    this.grant = grant;
    this.repeatedFailureLog = exclusiveTask.repeatedFailureLog();
    this.term = new ExclusiveTaskTerm(context, grant, exclusiveTask::retire, this);
  }

  void begin() {
    term.begin();
  }

  /** What is under way goes on, and nobody here hears of it; somebody calls it again. */
  void end() {
    term.end();
  }

  private Instant now() {
    return around.clock().instant();
  }

  /** Looks now instead of at the next interval. */
  @Override
  public void look() {
    int room = around.options().concurrency() - busy.size();
    if (term.isOver()) {
      return;
    }
    if (reading || room <= 0) {
      more = true;
      return;
    }
    term.looksNow();
    reading = true;
    more = false;
    Failures.guarded(() -> around.store().due(definition.name(), definition.version(), now(), room))
        .whenComplete((found, failure) -> context.execute(() -> arrived(found, failure, room)));
  }

  private void arrived(@Nullable List<Saga> found, @Nullable Throwable failure, int room) {
    if (term.isOver()) {
      return;
    }
    reading = false;
    if (found == null) {
      repeatedFailureLog.failed(READ, failure);
      term.lookAgain();
      return;
    }
    term.goesWell();
    repeatedFailureLog.well(READ);
    term.lookIn(around.options().interval());
    for (Saga saga : found) {
      if (busy.add(saga.id())) {
        goOn(saga);
      }
    }
    more |= found.size() >= room;
  }

  /** From where it stands in the store. */
  private void goOn(Saga stored) {
    Optional<StepOutcome> word = progress.verdict(stored);
    if (word.isPresent()) {
      saveEnd(stored, word.get());
    } else if (progress.next(stored, now()).change() == stored.change()) {
      free(stored.id());
    } else {
      save(stored, stored, Optional.empty());
    }
  }

  /** Stores what has become of it, together with the next call if that is due. */
  private void save(Saga stored, Saga changed, Optional<StepEnd> ended) {
    Saga going = progress.next(changed, now());
    boolean calls = going.change() > changed.change() && going.state() == SagaState.RUNNING;
    Saga next = going.after(stored);
    Failures.guarded(() -> around.store().save(grant.token(), next, ended))
        .whenComplete(
            (done, failure) ->
                context.execute(() -> saved(next, calls, Boolean.TRUE.equals(done), failure)));
  }

  private void saved(Saga saga, boolean calls, boolean done, @Nullable Throwable failure) {
    if (term.isOver()) {
      return;
    }
    if (failure != null && ExclusiveTask.isStale(failure)) {
      term.stepDown();
      return;
    }
    if (failure != null) {
      repeatedFailureLog.failed(STORE, failure);
      term.again(() -> lookAgain(saga.id()));
      return;
    }
    repeatedFailureLog.well(STORE);
    if (!done) {
      lookAgain(saga.id());
    } else if (calls) {
      call(saga);
    } else {
      tell(saga);
      free(saga.id());
    }
  }

  private void tell(Saga saga) {
    if (saga.state() == SagaState.PARKED) {
      LOG.warn(
          "saga {} of {} is parked at step {} ({}): an operator has to resume it: {}",
          saga.id(),
          definition.name(),
          saga.step() + 1,
          progress.name(saga),
          saga.reason());
    }
  }

  private void lookAgain(String id) {
    if (term.isOver()) {
      return;
    }
    Failures.guarded(() -> around.store().find(id))
        .whenComplete(
            (found, failure) ->
                context.execute(
                    () -> {
                      if (term.isOver()) {
                        return;
                      }
                      if (found == null) {
                        term.again(() -> lookAgain(id));
                      } else if (found.isEmpty()) {
                        free(id);
                      } else {
                        takeUp(found.get());
                      }
                    }));
  }

  /** Nobody else calls it while we may store: what was begun and not called is called again. */
  private void takeUp(Saga saga) {
    goOn(saga.state() == SagaState.RUNNING && saga.called() ? saga.dueAt(now()) : saga);
  }

  private void call(Saga saga) {
    if (!grant.isHeld()) {
      free(saga.id());
      return;
    }
    SagaStep step = progress.step(saga);
    StepCall call =
        new StepCall(
            saga.id(),
            step.name(),
            saga.direction(),
            progress.key(saga),
            grant.token(),
            saga.attempts(),
            step.retry().timeout(),
            saga.input(),
            saga.results());
    SagaAction action =
        saga.direction() == Direction.FORWARD ? step.forward() : step.compensation().orElseThrow();
    term.ask(
        step.retry().timeout(),
        () -> action.run(call),
        (outcome, why) -> {
          if (outcome == null) {
            save(saga, progress.unknown(saga, why, now(), context), Optional.empty());
          } else {
            saveEnd(saga, outcome);
          }
        });
  }

  private void saveEnd(Saga saga, StepOutcome outcome) {
    boolean done = outcome instanceof StepOutcome.Done;
    String text =
        outcome instanceof StepOutcome.Done result
            ? result.result()
            : Failures.shortened(((StepOutcome.Refused) outcome).reason());
    StepEnd end =
        new StepEnd(
            progress.step(saga).name(), saga.direction(), done, text, saga.attempts(), now());
    Saga changed = progress.ended(saga, outcome, now());
    // A compensation that was refused is tried again once an operator has seen to it.
    boolean ends = done || saga.direction() == Direction.FORWARD;
    save(saga, changed, ends ? Optional.of(end) : Optional.empty());
  }

  private void free(String id) {
    busy.remove(id);
    if (more) {
      look();
    }
  }

  @Override
  public CompletionStage<Integer> forget(int most) {
    return around
        .store()
        .forget(
            definition.name(),
            definition.version(),
            grant.token(),
            now().minus(around.options().retention()),
            most);
  }
}
