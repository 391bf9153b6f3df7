package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.List;

/**
 * Looks for an order of operations that a model explains and that respects time: who returned
 * before another was called comes before it.
 */
public final class Linearizability {

  /**
   * Beyond so many, what a search remembers of each step, a bit for every operation, costs more
   * than keeping all explanations of a history that is forgotten as one goes along.
   */
  private static final int MANY = 4_000;

  private Linearizability() {}

  /**
   * Checks one partition.
   *
   * @param operations those that took effect or may have; one that never returned may be placed
   *     anywhere after its call, or left out
   */
  public static <S> Verdict check(Model<S> model, List<Operation> operations, Limits limits) {
    return operations.size() > MANY
        ? new JustInTimeSearch<>(model, operations, limits).run()
        : new Search<>(model, operations, limits).run();
  }
}
