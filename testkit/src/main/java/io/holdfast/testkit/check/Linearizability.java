package io.holdfast.testkit.check;

import io.holdfast.testkit.history.Operation;
import java.util.List;

/**
 * Looks for an order of operations that a model explains and that respects time: who returned
 * before another was called comes before it.
 */
public final class Linearizability {

  private Linearizability() {}

  /**
   * Checks one partition.
   *
   * @param operations those that took effect or may have; one that never returned may be placed
   *     anywhere after its call, or left out
   */
  public static <S> Verdict check(Model<S> model, List<Operation> operations, Limits limits) {
    return new Search<>(model, operations, limits).run();
  }
}
