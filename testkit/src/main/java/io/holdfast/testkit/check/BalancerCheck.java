package io.holdfast.testkit.check;

import io.holdfast.testkit.history.HistoryFormatException;
import io.holdfast.testkit.history.Operation;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Choices among the instances of a service.
 *
 * <p>A {@code pick} {failures, ejection} → {id, epoch, up, live, outcome} chose an instance, out of
 * so many that were up, and its request came to {@code success} or {@code failure}; {@code live} is
 * true if the session was proven and the view in touch with the cluster when that began; {@code *
 * failures} in a row eject an instance for {@code ejection} milliseconds. One thread of a process
 * picks. Who was there is said by the operations on the {@code registry} key of the same name, as
 * in {@link RegistryCheck}.
 *
 * <p>It is promised that
 *
 * <ul>
 *   <li>nobody who is in touch with the cluster chooses an instance after its drain was complete;
 *       nor does anybody else, once the bound has passed
 *   <li>nobody chooses an instance for longer than the bound after it is gone
 *   <li>nobody chooses an instance that is ejected, unless half of all are; one that was away and
 *       comes back is another, with an epoch of its own
 *   <li>when nothing has been hurt for longer than the bound, whoever is up gets requests
 * </ul>
 */
final class BalancerCheck {

  private static final String KIND = "balancer";

  /** Of picks in turn, so many times the number of instances leave nobody out. */
  private static final int TURNS = 10;

  private final Map<String, Member> byId = new HashMap<>();
  private final Collection<Member> members;
  private final Surroundings around;
  private final Promises promises = new Promises();

  private BalancerCheck(List<Operation> registry, Surroundings around) {
    this.around = around;
    this.members = Member.of(registry, around.lives());
    members.forEach(member -> byId.put(member.id(), member));
  }

  static Verdict check(List<Operation> operations, Surroundings around) {
    List<Operation> picks = operations.stream().filter(Operation::completed).toList();
    String registry = operations.get(0).key().replaceFirst(KIND, "registry");
    BalancerCheck check = new BalancerCheck(around.of(registry), around);
    if (picks.isEmpty() || check.members.isEmpty()) {
      return new Verdict.Unknown(operations.size(), "nobody was picked, or nobody registered");
    }
    picks.forEach(check::notGone);
    Map<String, List<Operation>> byProcess =
        picks.stream().collect(Collectors.groupingBy(Operation::process));
    byProcess.values().forEach(check::notEjected);
    byProcess.forEach(check::everybodyHasATurn);
    return check.promises.verdict(operations.size());
  }

  private void notGone(Operation pick) {
    Member member = byId.get(pick.answered("id"));
    if (member == null) {
      return;
    }
    long bound = around.bounds().recover();
    boolean wasInTouch = pick.answered("live").equals("true");
    long drained = wasInTouch ? member.drained() : Span.after(member.drained(), bound);
    if (pick.call() > drained && (wasInTouch || around.calm().isCalm(pick.call(), bound))) {
      promises.broken(
          "%s chose %s at %s, which was drained at %s"
              .formatted(
                  pick.process(),
                  member.id(),
                  Promises.at(pick.call()),
                  Promises.at(member.drained())));
    }
    long gone = member.forgottenBy(around.bounds());
    if (pick.call() > gone && around.calm().isCalm(pick.call(), bound)) {
      promises.broken(
          "%s chose %s at %s, which was to be forgotten by %s"
              .formatted(pick.process(), member.id(), Promises.at(pick.call()), Promises.at(gone)));
    }
  }

  /**
   * Failures of one that so many others are out with that it may have been left in. If it was not,
   * the balancer counts from none when it lets it back; so nothing is promised until it answers.
   */
  private static final int PERHAPS_EJECTED = Integer.MIN_VALUE / 2;

  /** What one process knows of the requests to one instance. */
  private static final class Requests {
    private int failures;
    private long ejectedUntil = Long.MIN_VALUE;
  }

  /** Who registers anew is another, of whom nothing is known. */
  private static String incarnation(Operation pick) {
    return pick.answered("id") + "@" + pick.answered("epoch");
  }

  private void notEjected(List<Operation> ofProcess) {
    Map<String, Requests> records = new HashMap<>();
    for (Operation pick : ofProcess) {
      Requests known = records.computeIfAbsent(incarnation(pick), absent -> new Requests());
      long ejected =
          records.values().stream().filter(each -> each.ejectedUntil > pick.call()).count();
      long up = number(pick.answered("up"));
      boolean panic = 2 * ejected >= up;
      if (known.ejectedUntil > pick.call() && !panic) {
        promises.broken(
            "%s chose %s at %s, which it had to leave out until %s"
                .formatted(
                    pick.process(),
                    pick.answered("id"),
                    Promises.at(pick.call()),
                    Promises.at(known.ejectedUntil)));
      }
      boolean failed = pick.answered("outcome").equals("failure");
      known.failures = failed ? known.failures + 1 : 0;
      if (failed && known.failures >= number(pick.asked("failures"))) {
        if (2 * (ejected + 1) < up) {
          known.failures = 0;
          known.ejectedUntil = pick.end() + number(pick.asked("ejection")) * 1_000_000;
        } else {
          known.failures = PERHAPS_EJECTED;
        }
      }
    }
  }

  private void everybodyHasATurn(String process, List<Operation> ofProcess) {
    for (Member member : members) {
      Span inRotation = member.inRotation();
      Span sure =
          new Span(Span.after(inRotation.from(), around.bounds().recover()), inRotation.to());
      if (!member.sick()) {
        around.calm().within(sure, around.bounds().recover()).stream()
            .filter(span -> isLeftOut(member, span, ofProcess))
            .forEach(
                span ->
                    promises.broken(
                        "%s never chose %s between %s and %s"
                            .formatted(
                                process,
                                member.id(),
                                Promises.at(span.from()),
                                Promises.at(span.to()))));
      }
    }
  }

  private static boolean isLeftOut(Member member, Span span, List<Operation> ofProcess) {
    List<Operation> then = ofProcess.stream().filter(pick -> span.holds(pick.call())).toList();
    long most = then.stream().mapToLong(pick -> number(pick.answered("up"))).max().orElse(0);
    return then.size() > TURNS * most
        && then.stream().noneMatch(pick -> pick.answered("id").equals(member.id()));
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new HistoryFormatException("not a number: '" + text + "'", e);
    }
  }
}
