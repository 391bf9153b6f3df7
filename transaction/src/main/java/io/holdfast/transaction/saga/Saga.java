package io.holdfast.transaction.saga;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One saga as it stands.
 *
 * @param id 1 to 100 characters, given by who starts it
 * @param definition its name
 * @param version its number
 * @param input what it was started with
 * @param created when
 * @param deadline until when steps forward are begun
 * @param change how often this was changed: two writers never both make the same change
 * @param state how it stands
 * @param direction which way it goes, or went last
 * @param step the place of its present step in the definition, from 0
 * @param attempts how often that was called since it was begun or resumed
 * @param called if a call of it was begun whose outcome is not known
 * @param since when its first call was begun; when it became the present one before that
 * @param due when it is processed next
 * @param reason why it is parked, tried again, or compensated; empty if all is well
 * @param verdict what an operator says of the present step, whose outcome nobody could find out;
 *     the text that goes with it is the reason
 * @param results of the steps that are done, by name
 */
public record Saga(
    String id,
    String definition,
    int version,
    String input,
    Instant created,
    Instant deadline,
    long change,
    SagaState state,
    Direction direction,
    int step,
    int attempts,
    boolean called,
    Instant since,
    Instant due,
    String reason,
    Verdict verdict,
    Map<String, String> results) {

  /** An operator's word. */
  public enum Verdict {
    /** There is none. */
    NONE,
    /** It has had its effect. */
    DONE,
    /** It has had none and never will. */
    REFUSED
  }

  /** As much as an input may have of characters. */
  public static final int LONGEST_INPUT = 1_000_000;

  public Saga {
    results = Map.copyOf(results);
  }

  /**
   * A new saga, due now.
   *
   * @throws IllegalArgumentException if the id has not 1 to 100 characters, or is made of others
   *     than letters, digits and {@code . _ : / -}, if the input is too long, or the definition has
   *     no steps
   */
  public static Saga starting(SagaDefinition definition, String id, String input, Instant now) {
    if (!id.matches("[A-Za-z0-9._:/-]{1,100}")) {
      throw new IllegalArgumentException(
          "not the id of a saga: '" + id + "'; it has 1 to 100 letters, digits and . _ : / -");
    }
    if (input.length() > LONGEST_INPUT) {
      throw new IllegalArgumentException("an input has at most 1,000,000 characters");
    }
    if (definition.steps().isEmpty()) {
      throw new IllegalArgumentException(definition.name() + " has no steps");
    }
    Instant deadline = now.plus(definition.deadline());
    return new Saga(
        id,
        definition.name(),
        definition.version(),
        input,
        now,
        deadline,
        0,
        SagaState.RUNNING,
        Direction.FORWARD,
        0,
        0,
        false,
        now,
        now,
        "",
        Verdict.NONE,
        Map.of());
  }

  /** The next change: called again, or for the first time. */
  Saga calling(Instant now, Instant overdue) {
    return changed(
        state, direction, step, attempts + 1, true, attempts == 0 ? now : since, overdue, reason);
  }

  /** The next change: the outcome of a call is not known. */
  Saga unknown(SagaState next, Instant when, String why) {
    return changed(next, direction, step, attempts, true, since, when, why);
  }

  /** The next change: another step is the present one, and nothing of it was called. */
  Saga at(SagaState next, Direction way, int place, Instant now, String why) {
    return changed(next, way, place, 0, false, now, now, why);
  }

  /**
   * The next change: no longer parked, with all its tries. For operators.
   *
   * @throws IllegalStateException if it is not parked
   */
  public Saga resumed(Instant now) {
    requireParked();
    return changed(SagaState.RUNNING, direction, step, 0, called, now, now, reason);
  }

  /**
   * The next change: no longer parked, with an operator's word for what became of the present step.
   * Nobody checks it.
   *
   * @throws IllegalStateException if it is not parked, or if it compensates and the word is that
   *     this was refused: a compensation cannot be passed over
   */
  public Saga settled(StepOutcome outcome, Instant now) {
    requireParked();
    if (outcome instanceof StepOutcome.Done done) {
      return changed(
              SagaState.RUNNING, direction, step, attempts, called, since, now, done.result())
          .with(Verdict.DONE);
    }
    if (direction == Direction.COMPENSATING) {
      throw new IllegalStateException(id + " compensates: that has to be done in the end");
    }
    String why = ((StepOutcome.Refused) outcome).reason();
    return changed(SagaState.RUNNING, direction, step, attempts, called, since, now, why)
        .with(Verdict.REFUSED);
  }

  private void requireParked() {
    if (state != SagaState.PARKED) {
      throw new IllegalStateException(id + " is not parked but " + state);
    }
  }

  private Saga changed(
      SagaState next,
      Direction way,
      int place,
      int calls,
      boolean open,
      Instant from,
      Instant when,
      String why) {
    return new Saga(
        id,
        definition,
        version,
        input,
        created,
        deadline,
        change + 1,
        next,
        way,
        place,
        calls,
        open,
        from,
        when,
        why,
        Verdict.NONE,
        results);
  }

  private Saga with(Verdict word) {
    return same(change, due, word, results);
  }

  /** The same, with one more result. */
  Saga with(String name, String result) {
    Map<String, String> more = new LinkedHashMap<>(results);
    more.put(name, result);
    return withResults(more);
  }

  /** The same, with these results. For stores, which may keep them apart. */
  public Saga withResults(Map<String, String> others) {
    return same(change, due, verdict, others);
  }

  /** The same, to be seen to at another time. */
  Saga dueAt(Instant when) {
    return same(change, when, verdict, results);
  }

  /** The same, as the change after {@code before}: what came in between was never stored. */
  Saga after(Saga before) {
    return same(before.change + 1, due, verdict, results);
  }

  private Saga same(long number, Instant when, Verdict word, Map<String, String> others) {
    return new Saga(
        id,
        definition,
        version,
        input,
        created,
        deadline,
        number,
        state,
        direction,
        step,
        attempts,
        called,
        since,
        when,
        reason,
        word,
        others);
  }
}
