package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The search of Wing and Gong with Lowe's memory, in the form that Porcupine gave it.
 *
 * <p>It walks along the {@link Timeline}. At a call that the model allows in the present state, the
 * operation gets the next place: it is lifted out, and the walk begins again at the head. At a
 * return, the walk has come to an operation that must have had its place by then and has not: the
 * last one placed was wrong, is put back, and the walk goes on behind it. A set of placed
 * operations with a state that has been seen is not tried again, since what follows depends on
 * these two alone; that is what keeps the search short where few operations overlap.
 *
 * <p>An operation that never returned has a call and no return, so nothing ever demands its place:
 * once every return is gone, the rest may as well not have happened.
 */
final class Search<S> {

  private static final int STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 1_024;

  private final Model<S> model;
  private final List<Operation> operations;
  private final Limits limits;
  private final Timeline timeline;
  private final BitSet placed = new BitSet();
  private final Set<Configuration> seen = new HashSet<>();
  private final Deque<Step<S>> steps = new ArrayDeque<>();
  private S state;
  private int explained;
  private String obstacle = "";

  private record Configuration(BitSet placed, Object state) {}

  private record Step<S>(int call, S before) {}

  Search(Model<S> model, List<Operation> operations, Limits limits) {
    this.model = model;
    this.operations = operations;
    this.limits = limits;
    this.timeline = new Timeline(operations);
    this.state = Objects.requireNonNull(model.initial());
  }

  Verdict run() {
    long start = System.nanoTime();
    int entry = timeline.after(Timeline.HEAD);
    for (long walked = 1; !timeline.isExplained(); walked++) {
      if (seen.size() > limits.configurations()) {
        return unknown("more than " + limits.configurations() + " configurations");
      }
      if (walked % STEPS_BETWEEN_LOOKS_AT_THE_CLOCK == 0
          && System.nanoTime() - start > limits.time().toNanos()) {
        return unknown("not settled within " + limits.time());
      }
      if (entry != Timeline.END && Timeline.isCall(entry)) {
        entry = place(entry) ? timeline.after(Timeline.HEAD) : timeline.after(entry);
      } else {
        remember(entry);
        if (steps.isEmpty()) {
          return new Verdict.Violation(operations.size(), explained, obstacle);
        }
        entry = takeBack();
      }
    }
    return new Verdict.Linearizable(operations.size());
  }

  private boolean place(int call) {
    int operation = Timeline.operation(call);
    Optional<S> after = model.step(state, operations.get(operation));
    if (after.isEmpty()) {
      return false;
    }
    placed.set(operation);
    if (!seen.add(new Configuration((BitSet) placed.clone(), after.get()))) {
      placed.clear(operation);
      return false;
    }
    steps.push(new Step<>(call, state));
    state = after.get();
    timeline.lift(call);
    return true;
  }

  private int takeBack() {
    Step<S> last = steps.pop();
    placed.clear(Timeline.operation(last.call()));
    state = last.before();
    timeline.putBack(last.call());
    return timeline.after(last.call());
  }

  /** Keeps, of the longest attempt, what it could not get past. */
  private void remember(int entry) {
    if ((steps.size() > explained || obstacle.isEmpty()) && entry != Timeline.END) {
      explained = steps.size();
      obstacle = "%s, in state %s".formatted(operations.get(Timeline.operation(entry)), state);
    }
  }

  private Verdict unknown(String why) {
    return new Verdict.Unknown(operations.size(), why);
  }
}
