package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.Optional;

/**
 * What a thing would do if one operation came after another: pure functions, nothing kept.
 *
 * @param <S> its state; immutable, with {@code equals} and {@code hashCode}
 */
public interface Model<S> {

  /** Before the first operation. */
  S initial();

  /**
   * Takes one step.
   *
   * @param operation with its answer, or without one if it never returned; then any answer will do
   * @return the state after it, or empty if {@code state} cannot give this answer
   */
  Optional<S> step(S state, Operation operation);
}
