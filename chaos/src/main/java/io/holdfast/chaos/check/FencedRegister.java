package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.Optional;

/**
 * A value behind a fence, as whoever holds a lock uses it.
 *
 * <p>Operations, with what they ask and answer:
 *
 * <ul>
 *   <li>{@code seal} {token} → {accepted, value}: raises the fence to the token, unless it is
 *       higher already, and reads
 *   <li>{@code write} {token, expected, value} → {accepted}: writes, unless the fence is higher. It
 *       does not compare with {@code expected}, which is what the writer read: that it was still
 *       there is what the lock promised, and what this model demands of an accepted write
 *   <li>{@code read} {} → {value}
 * </ul>
 *
 * <p>Tokens are compared as texts of equal length. The first value is {@code 0}.
 */
public final class FencedRegister implements Model<FencedRegister.State> {

  /**
   * What is in it.
   *
   * @param fence the greatest token it has seen
   * @param value the last value written
   */
  public record State(String fence, String value) {}

  @Override
  public State initial() {
    return new State("", "0");
  }

  @Override
  public Optional<State> step(State state, Operation operation) {
    return switch (operation.action()) {
      case "read" -> answering(state, operation, "value", state.value());
      case "seal" -> seal(state, operation);
      case "write" -> write(state, operation);
      default -> Optional.empty();
    };
  }

  private static Optional<State> seal(State state, Operation seal) {
    boolean accepted = state.fence().compareTo(seal.asked("token")) <= 0;
    State after = accepted ? new State(seal.asked("token"), state.value()) : state;
    return answering(after, seal, "accepted", Boolean.toString(accepted))
        .flatMap(
            next -> accepted ? answering(next, seal, "value", state.value()) : Optional.of(next));
  }

  private static Optional<State> write(State state, Operation write) {
    boolean accepted = state.fence().compareTo(write.asked("token")) <= 0;
    if (accepted && !state.value().equals(write.asked("expected"))) {
      return Optional.empty();
    }
    State after = accepted ? new State(write.asked("token"), write.asked("value")) : state;
    return answering(after, write, "accepted", Boolean.toString(accepted));
  }

  /** The state, if the operation was answered like this or not at all. */
  private static Optional<State> answering(
      State state, Operation operation, String name, String value) {
    boolean fits = !operation.completed() || operation.answered(name).equals(value);
    return fits ? Optional.of(state) : Optional.empty();
  }
}
