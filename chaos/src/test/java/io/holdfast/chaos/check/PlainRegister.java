package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.Optional;

/** A register without a fence. */
final class PlainRegister implements Model<String> {

  @Override
  public String initial() {
    return "0";
  }

  @Override
  public Optional<String> step(String state, Operation operation) {
    if (operation.action().equals("write")) {
      return Optional.of(operation.asked("value"));
    }
    boolean fits = !operation.completed() || operation.answered("value").equals(state);
    return fits ? Optional.of(state) : Optional.empty();
  }
}
