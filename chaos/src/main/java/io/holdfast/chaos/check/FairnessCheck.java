package io.holdfast.chaos.check;

import io.holdfast.chaos.history.HistoryFormatException;
import io.holdfast.chaos.history.Operation;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A queue: who comes first is served first, but for a bounded number of hand-overs in one process.
 *
 * <p>The operations are those of {@link LockModel}, on one exclusive lock. An acquisition also asks
 * with {@code handovers}, the bound, and answers {@code queued}, when the call that queues had
 * returned. A {@code look} answers {places, session}: who stood in the queue, as {@code
 * TOKEN@SESSION} with spaces, and in which session the looker was.
 *
 * <p>Overtakes are counted by the queue's own order, which is that of the tokens, not by when
 * somebody came to note something. One is
 *
 * <ul>
 *   <li>a hold with more hand-overs before it in its place than the bound
 *   <li>a hold of a thread whose call came after another's in the same process had queued, and that
 *       was served before it
 *   <li>a place in the queue that was never served although its session lived until a later one had
 *       been
 * </ul>
 *
 * That no later place is served while an earlier one waits is what the model sees to.
 */
final class FairnessCheck {

  /** Of a token's text: the last group of digits counts the hand-overs. */
  private static final int HAND_OVER_DIGITS = 8;

  private final List<Served> served;
  private final Violations violations = new Violations();

  /**
   * A hold.
   *
   * @param token as text; texts sort as tokens do
   */
  private record Served(String token, Operation acquire, long queued) {

    static Served of(Operation acquire) {
      String tokens = acquire.answered("tokens");
      return new Served(
          tokens.substring(tokens.indexOf('=') + 1), acquire, number(acquire.answered("queued")));
    }

    String place() {
      return placeOf(token);
    }

    long handOvers() {
      return Long.parseLong(digits(token).substring(digits(token).length() - HAND_OVER_DIGITS), 16);
    }
  }

  private FairnessCheck(List<Operation> operations) {
    this.served =
        operations.stream()
            .filter(each -> each.action().equals("acquire") && each.completed())
            .map(Served::of)
            .sorted(Comparator.comparing(Served::token))
            .toList();
  }

  /** Of those that also follow the model. */
  static Verdict check(List<Operation> operations) {
    FairnessCheck check = new FairnessCheck(operations);
    List<Operation> looks =
        operations.stream()
            .filter(each -> each.action().equals("look") && each.completed())
            .toList();
    if (check.served.isEmpty() || looks.isEmpty()) {
      return new Verdict.Unknown(operations.size(), "nobody was served, or nobody looked");
    }
    check.handOvers();
    check.served.stream()
        .collect(Collectors.groupingBy(hold -> hold.acquire().process()))
        .values()
        .forEach(check::inOneProcess);
    check.places(looks);
    return check.violations.verdict(operations.size());
  }

  private void handOvers() {
    for (Served hold : served) {
      if (hold.handOvers() > number(hold.acquire().asked("handovers"))) {
        violations.broken(
            "%s was handed the lock as number %d of one place, past the bound of %s"
                .formatted(
                    hold.acquire().process(), hold.handOvers(), hold.acquire().asked("handovers")));
      }
    }
  }

  /** The latest call among those served so far must not have come after one had queued. */
  private void inOneProcess(List<Served> inOrder) {
    Served latest = inOrder.get(0);
    for (Served hold : inOrder) {
      if (hold.queued() < latest.acquire().call()) {
        violations.broken(
            "%s queued at %s and was overtaken by a call of %s"
                .formatted(
                    hold.acquire(),
                    Violations.at(hold.queued()),
                    Violations.at(latest.acquire().call())));
      }
      latest = hold.acquire().call() > latest.acquire().call() ? hold : latest;
    }
  }

  private void places(List<Operation> looks) {
    Set<String> turns = served.stream().map(Served::place).collect(Collectors.toSet());
    Map<String, Operation> lastLook = new TreeMap<>();
    Map<String, Waiting> waiting = new TreeMap<>();
    for (Operation look : looks) {
      lastLook.merge(look.answered("session"), look, (a, b) -> a.call() > b.call() ? a : b);
      Stream.of(look.answered("places").split(" ", -1))
          .filter(each -> !each.isEmpty())
          .map(Waiting::parse)
          .filter(each -> !turns.contains(each.place()))
          .forEach(each -> waiting.put(each.place(), each));
    }
    waiting.values().forEach(each -> overtaken(each, lastLook));
  }

  private record Waiting(String place, String session) {
    static Waiting parse(String text) {
      int at = text.indexOf('@');
      if (at < 0) {
        throw new HistoryFormatException("not a place in a queue: '" + text + "'");
      }
      return new Waiting(placeOf(text.substring(0, at)), text.substring(at + 1));
    }
  }

  private void overtaken(Waiting one, Map<String, Operation> lastLook) {
    Optional<Operation> sessionLived = Optional.ofNullable(lastLook.get(one.session()));
    Optional<Served> overtaker =
        served.stream()
            .filter(hold -> hold.place().compareTo(one.place()) > 0)
            .filter(
                hold -> sessionLived.filter(look -> look.call() > hold.acquire().end()).isPresent())
            .findFirst();
    overtaker.ifPresent(
        hold ->
            violations.broken(
                "the place %s of session %s was overtaken by %s"
                    .formatted(one.place(), one.session(), hold.acquire())));
  }

  private static String placeOf(String token) {
    String digits = digits(token);
    return digits.substring(0, Math.max(0, digits.length() - HAND_OVER_DIGITS));
  }

  private static String digits(String token) {
    return token.replace("-", "");
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new HistoryFormatException("not a number: '" + text + "'", e);
    }
  }
}
