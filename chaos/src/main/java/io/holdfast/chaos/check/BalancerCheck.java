package io.holdfast.chaos.check;

import io.holdfast.chaos.history.HistoryFormatException;
import io.holdfast.chaos.history.Operation;
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
 * true if the session was proven and the view in touch with the cluster when that began; {@code
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

  private final Map<String, InstanceLifetime> byId = new HashMap<>();
  private final Collection<InstanceLifetime> instances;
  private final CheckContext context;
  private final Violations violations = new Violations();

  private BalancerCheck(List<Operation> registry, CheckContext context) {
    this.context = context;
    this.instances = InstanceLifetime.of(registry, context.lifetimes());
    instances.forEach(instance -> byId.put(instance.id(), instance));
  }

  static Verdict check(List<Operation> operations, CheckContext context) {
    List<Operation> picks = operations.stream().filter(Operation::completed).toList();
    String registry = operations.get(0).key().replaceFirst(KIND, "registry");
    BalancerCheck check = new BalancerCheck(context.of(registry), context);
    if (picks.isEmpty() || check.instances.isEmpty()) {
      return new Verdict.Unknown(operations.size(), "nobody was picked, or nobody registered");
    }
    picks.forEach(check::notGone);
    Map<String, List<Operation>> byProcess =
        picks.stream().collect(Collectors.groupingBy(Operation::process));
    byProcess.values().forEach(check::notEjected);
    byProcess.forEach(check::everybodyHasATurn);
    return check.violations.verdict(operations.size());
  }

  private void notGone(Operation pick) {
    InstanceLifetime instance = byId.get(pick.answered("id"));
    if (instance == null) {
      return;
    }
    long bound = context.bounds().recover();
    boolean wasInTouch = pick.answered("live").equals("true");
    long drained = wasInTouch ? instance.drained() : Span.after(instance.drained(), bound);
    if (pick.call() > drained && (wasInTouch || context.quiet().isQuiet(pick.call(), bound))) {
      violations.broken(
          "%s chose %s at %s, which was drained at %s"
              .formatted(
                  pick.process(),
                  instance.id(),
                  Violations.at(pick.call()),
                  Violations.at(instance.drained())));
    }
    long gone = instance.forgottenBy(context.bounds());
    if (pick.call() > gone && context.quiet().isQuiet(pick.call(), bound)) {
      violations.broken(
          "%s chose %s at %s, which was to be forgotten by %s"
              .formatted(
                  pick.process(), instance.id(), Violations.at(pick.call()), Violations.at(gone)));
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
        violations.broken(
            "%s chose %s at %s, which it had to leave out until %s"
                .formatted(
                    pick.process(),
                    pick.answered("id"),
                    Violations.at(pick.call()),
                    Violations.at(known.ejectedUntil)));
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
    for (InstanceLifetime instance : instances) {
      Span inRotation = instance.inRotation();
      Span sure =
          new Span(Span.after(inRotation.from(), context.bounds().recover()), inRotation.to());
      if (!instance.sick()) {
        context.quiet().within(sure, context.bounds().recover()).stream()
            .filter(span -> isLeftOut(instance, span, ofProcess))
            .forEach(
                span ->
                    violations.broken(
                        "%s never chose %s between %s and %s"
                            .formatted(
                                process,
                                instance.id(),
                                Violations.at(span.from()),
                                Violations.at(span.to()))));
      }
    }
  }

  private static boolean isLeftOut(
      InstanceLifetime instance, Span span, List<Operation> ofProcess) {
    List<Operation> then = ofProcess.stream().filter(pick -> span.holds(pick.call())).toList();
    long most = then.stream().mapToLong(pick -> number(pick.answered("up"))).max().orElse(0);
    return then.size() > TURNS * most
        && then.stream().noneMatch(pick -> pick.answered("id").equals(instance.id()));
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new HistoryFormatException("not a number: '" + text + "'", e);
    }
  }
}
