package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tries every order, with nothing clever in it: what a checker means, for small histories. */
final class EveryOrder {

  private EveryOrder() {}

  static <S> boolean linearizable(Model<S> model, List<Operation> operations) {
    return explains(model, model.initial(), operations);
  }

  private static <S> boolean explains(Model<S> model, S state, List<Operation> left) {
    if (left.stream().noneMatch(Operation::completed)) {
      return true;
    }
    for (Operation next : left) {
      if (left.stream().noneMatch(other -> other.end() < next.call())) {
        Optional<S> after = model.step(state, next);
        List<Operation> rest = new ArrayList<>(left);
        rest.remove(next);
        if (after.isPresent() && explains(model, after.get(), rest)) {
          return true;
        }
      }
    }
    return false;
  }
}
