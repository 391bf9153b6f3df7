package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An election: candidates win a term and lead, observers are told.
 *
 * <p>To lead is to hold an exclusive lock: the candidates' operations are those of {@link
 * LockModel}, which sees to it that no two lead at once and that terms only grow. An observer's
 * {@code observe} {leader, term} says what it was told, with both empty if nobody leads. Beyond the
 * model it is promised that
 *
 * <ul>
 *   <li>a term has one leader, whoever is asked, and whoever leads knows
 *   <li>no observer is told of an earlier term after a later one
 *   <li>when a fault is over, somebody leads within the bound
 *   <li>by then each observer has been told of the latest term won before, or of a later one, or
 *       that nobody leads
 * </ul>
 */
final class ElectionCheck {

  private static final String OBSERVE = "observe";

  private final List<Operation> campaigns;
  private final Map<String, List<Operation>> seen;
  private final CheckContext context;
  private final Violations violations = new Violations();

  private ElectionCheck(List<Operation> operations, CheckContext context) {
    this.context = context;
    this.campaigns =
        operations.stream()
            .filter(each -> each.action().equals("acquire") && each.completed())
            .toList();
    this.seen =
        operations.stream()
            .filter(each -> each.action().equals(OBSERVE))
            .collect(Collectors.groupingBy(Operation::process));
  }

  /** Of those that also follow the model. */
  static Verdict check(List<Operation> operations, CheckContext context) {
    ElectionCheck check = new ElectionCheck(operations, context);
    if (check.campaigns.isEmpty() || check.seen.isEmpty()) {
      return new Verdict.Unknown(operations.size(), "nobody was elected, or nobody looked");
    }
    check.oneLeaderPerTerm();
    check.seen.values().forEach(check::neverBackwards);
    context.quiet().heals().forEach(heal -> check.recovery(heal, operations));
    return check.violations.verdict(operations.size());
  }

  private static String term(Operation campaign) {
    String tokens = campaign.answered("tokens");
    return tokens.substring(tokens.indexOf('=') + 1);
  }

  private void oneLeaderPerTerm() {
    Map<String, Set<String>> leaders = new HashMap<>();
    campaigns.forEach(won -> add(leaders, term(won), won.process()));
    seen.values().stream()
        .flatMap(List::stream)
        .filter(look -> !look.asked("term").isEmpty())
        .forEach(look -> add(leaders, look.asked("term"), look.asked("leader")));
    leaders.forEach(
        (term, who) -> {
          if (who.size() > 1) {
            violations.broken("term %s has the leaders %s".formatted(term, who));
          }
        });
  }

  private static void add(Map<String, Set<String>> leaders, String term, String leader) {
    leaders.computeIfAbsent(term, absent -> new HashSet<>()).add(leader);
  }

  private void neverBackwards(List<Operation> looks) {
    String latest = "";
    for (Operation look : looks) {
      String term = look.asked("term");
      if (!term.isEmpty() && term.compareTo(latest) < 0) {
        violations.broken(
            "%s was told of term %s after %s, at %s"
                .formatted(look.process(), term, latest, Violations.at(look.call())));
      }
      latest = term.compareTo(latest) > 0 ? term : latest;
    }
  }

  private void recovery(long heal, List<Operation> operations) {
    long by = Span.after(heal, context.bounds().recover());
    boolean judged =
        context.quiet().isQuiet(heal, 0)
            && context.quiet().within(new Span(heal, by), 0).contains(new Span(heal, by))
            && operations.stream().anyMatch(each -> each.call() > by);
    if (!judged) {
      return;
    }
    boolean leads =
        operations.stream()
            .filter(each -> each.action().equals("acquire") || each.action().equals("check"))
            .anyMatch(each -> each.completed() && each.call() < by && each.end() > heal);
    if (!leads) {
      violations.broken(
          "nobody led from %s to %s".formatted(Violations.at(heal), Violations.at(by)));
    }
    String latest =
        campaigns.stream()
            .filter(won -> won.end() <= heal)
            .map(ElectionCheck::term)
            .max(String::compareTo)
            .orElse("");
    for (String process : context.lifetimes().processes()) {
      Span life = context.lifetimes().of(process);
      if (life.from() < heal && life.to() > by && !knows(process, latest, heal, by)) {
        violations.broken(
            "%s had not been told of term %s by %s".formatted(process, latest, Violations.at(by)));
      }
    }
  }

  private boolean knows(String process, String latest, long heal, long by) {
    return seen.getOrDefault(process, List.of()).stream()
        .filter(look -> look.call() <= by)
        .anyMatch(
            look ->
                look.asked("term").isEmpty()
                    ? look.call() > heal
                    : look.asked("term").compareTo(latest) >= 0);
  }
}
