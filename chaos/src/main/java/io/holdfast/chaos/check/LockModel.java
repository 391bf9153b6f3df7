package io.holdfast.chaos.check;

import io.holdfast.chaos.check.LockClaims.Claim;
import io.holdfast.chaos.history.HistoryFormatException;
import io.holdfast.chaos.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Locks that know their owners: exclusive, read and write, permits, and several at once.
 *
 * <p>Operations, with what they ask and answer:
 *
 * <ul>
 *   <li>{@code acquire} {hold, claims} → {tokens}: from its place in the order the hold is held.
 *       Nobody may hold what excludes it, and each token is greater than all that came before of
 *       holds that could not share with it
 *   <li>{@code check} {hold} → {}: the holder was told that it still holds
 *   <li>{@code release} {hold} → {}: the hold ends, released or lost. Who learns of a loss does not
 *       know when it was: this operation is called when the hold was last proven, and returns when
 *       the loss was seen; never, if the holder died
 * </ul>
 *
 * <p>{@code claims} are as in {@code a:exclusive b:read c:permits:2of5}; {@code tokens} as in
 * {@code a=… b=…}, compared as texts of equal length. A hold's name is used once. An acquisition
 * that never returned is left out by whoever makes the operations: nobody acts on it.
 */
public final class LockModel implements Model<LockModel.State> {

  /**
   * Who holds what.
   *
   * @param holds by the hold's name
   * @param newest the tokens given so far, by lock
   */
  public record State(Map<String, String> holds, Map<String, Newest> newest) {}

  /**
   * The greatest tokens of one lock.
   *
   * @param any of all holds
   * @param alone of those that share with nobody
   */
  public record Newest(String any, String alone) {
    private static final Newest NONE = new Newest("", "");

    private String below(Claim claim) {
      return claim.isShared() ? alone : any;
    }

    private Newest with(Claim claim, String token) {
      return new Newest(later(any, token), claim.isShared() ? alone : later(alone, token));
    }

    private static String later(String a, String b) {
      return a.compareTo(b) >= 0 ? a : b;
    }
  }

  @Override
  public State initial() {
    return new State(Map.of(), Map.of());
  }

  @Override
  public Optional<State> step(State state, Operation operation) {
    String hold = operation.asked("hold");
    return switch (operation.action()) {
      case "acquire" -> acquire(state, hold, operation);
      case "check" -> Optional.of(state).filter(now -> now.holds().containsKey(hold));
      case "release" -> release(state, hold);
      default -> Optional.empty();
    };
  }

  private static Optional<State> acquire(State state, String hold, Operation acquire) {
    LockClaims wanted = LockClaims.parse(acquire.asked("claims"));
    List<LockClaims> held = new ArrayList<>();
    state.holds().values().forEach(claims -> held.add(LockClaims.parse(claims)));
    if (state.holds().containsKey(hold) || !wanted.fitsWith(held)) {
      return Optional.empty();
    }
    Map<String, String> tokens = tokens(acquire.answered("tokens"));
    Map<String, Newest> newest = new TreeMap<>(state.newest());
    for (Claim claim : wanted.claims()) {
      String token = tokens.getOrDefault(claim.name(), "");
      Newest before = newest.getOrDefault(claim.name(), Newest.NONE);
      if (token.compareTo(before.below(claim)) <= 0) {
        return Optional.empty();
      }
      newest.put(claim.name(), before.with(claim, token));
    }
    Map<String, String> holds = new TreeMap<>(state.holds());
    holds.put(hold, acquire.asked("claims"));
    return Optional.of(new State(Map.copyOf(holds), Map.copyOf(newest)));
  }

  private static Optional<State> release(State state, String hold) {
    if (!state.holds().containsKey(hold)) {
      return Optional.empty();
    }
    Map<String, String> holds = new TreeMap<>(state.holds());
    holds.remove(hold);
    return Optional.of(new State(Map.copyOf(holds), state.newest()));
  }

  private static Map<String, String> tokens(String text) {
    return Stream.of(text.split(" ", -1))
        .map(each -> each.split("=", 2))
        .peek(
            each -> {
              if (each.length < 2) {
                throw new HistoryFormatException("not a token of a lock: '" + each[0] + "'");
              }
            })
        .collect(Collectors.toMap(each -> each[0], each -> each[1]));
  }
}
