package io.holdfast.transaction.saga;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A service that steps call. What it has answered to a key it answers again; what it does and
 * undoes is noted for the checker, in one log for all services.
 */
final class SimulatedService {

  /** One effect. */
  record Effect(String saga, String step, Direction direction) {}

  private final String step;
  private final Random random;
  private final int refusalPercent;
  private final List<Effect> log;
  private final Consumer<String> violations;
  private final Map<String, StepOutcome> answers = new HashMap<>();
  private final Set<String> done = new HashSet<>();
  private boolean down;

  SimulatedService(
      String step,
      Random random,
      int refusalPercent,
      List<Effect> log,
      Consumer<String> violations) {
    this.step = step;
    this.random = random;
    this.refusalPercent = refusalPercent;
    this.log = log;
    this.violations = violations;
  }

  void down(boolean isDown) {
    down = isDown;
  }

  StepOutcome answer(StepCall call) {
    if (down) {
      throw new IllegalStateException("away");
    }
    return answers.computeIfAbsent(call.key(), key -> decide(call));
  }

  private StepOutcome decide(StepCall call) {
    if (call.direction() == Direction.FORWARD) {
      if (random.nextInt(100) < refusalPercent) {
        return new StepOutcome.Refused("not today");
      }
      if (!done.add(call.saga())) {
        violations.accept(call.saga() + ": " + step + " was done twice");
      }
    } else if (!done.remove(call.saga())) {
      violations.accept(call.saga() + ": " + step + " was undone and is not done");
    }
    log.add(new Effect(call.saga(), step, call.direction()));
    return new StepOutcome.Done(step + " of " + call.saga());
  }

  boolean isDone(String saga) {
    return done.contains(saga);
  }
}
