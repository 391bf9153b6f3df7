package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A service whose instances come and go, and its views in several processes.
 *
 * <p>Operations, with what they ask and answer; an id is used once:
 *
 * <ul>
 *   <li>{@code register} {id, sick} → {}: others can see it
 *   <li>{@code drain} {id} → {complete}: nobody who can be reached chooses it any more, if so
 *   <li>{@code deregister} {id} → {}: it is gone
 *   <li>{@code see} {revision, freshness, shows} → {}: the view shows this from now on; {@code
 *       shows} is {@code ID:STATUS} with spaces
 *   <li>{@code closed} {} → {}: the view is looked at no more
 * </ul>
 *
 * <p>It is promised that
 *
 * <ul>
 *   <li>a view's revision never goes back
 *   <li>a view that has shown somebody is never empty while one of those it has shown is there
 *   <li>when nothing has been hurt for longer than the bound, a view is in touch with the cluster,
 *       shows everybody who has been there for as long, and nobody who has been gone for as long:
 *       no phantom. Who died without a word may be shown for longer, as {@link TimeBounds#forget}
 *       says
 * </ul>
 */
final class RegistryCheck {

  private final Collection<InstanceLifetime> instances;
  private final Map<String, InstanceLifetime> byId = new HashMap<>();
  private final CheckContext context;
  private final Violations violations = new Violations();

  private RegistryCheck(List<Operation> operations, CheckContext context) {
    this.context = context;
    this.instances = InstanceLifetime.of(operations, context.lifetimes());
    instances.forEach(instance -> byId.put(instance.id(), instance));
  }

  static Verdict check(List<Operation> operations, CheckContext context) {
    RegistryCheck check = new RegistryCheck(operations, context);
    Map<String, List<Operation>> sees =
        operations.stream()
            .filter(each -> each.action().equals("see") || each.action().equals("closed"))
            .collect(Collectors.groupingBy(Operation::process));
    if (check.instances.isEmpty() || sees.isEmpty()) {
      return new Verdict.Unknown(operations.size(), "nobody was registered, or nobody looked");
    }
    sees.forEach(
        (process, ofProcess) -> {
          List<ViewPeriod> periods = ViewPeriod.of(ofProcess, context.lifetimes().of(process).to());
          check.neverBackwards(periods);
          check.neverEmptied(periods);
          periods.forEach(check::nobodyIsAPhantom);
          check.everybodyIsShown(periods);
        });
    return check.violations.verdict(operations.size());
  }

  private void neverBackwards(List<ViewPeriod> periods) {
    for (int i = 1; i < periods.size(); i++) {
      ViewPeriod now = periods.get(i);
      long before = periods.get(i - 1).revision();
      if (now.revision() < before) {
        violations.broken(
            "the view of %s went from revision %d back to %d at %s"
                .formatted(
                    now.process(), before, now.revision(), Violations.at(now.span().from())));
      }
    }
  }

  private void neverEmptied(List<ViewPeriod> periods) {
    Set<String> shownBefore = new HashSet<>();
    for (ViewPeriod now : periods) {
      if (now.statuses().isEmpty()) {
        instances.stream()
            .filter(instance -> shownBefore.contains(instance.id()))
            .filter(instance -> instance.there().holds(now.span().from()))
            .findFirst()
            .ifPresent(
                instance ->
                    violations.broken(
                        "the view of %s was emptied at %s, while %s was there"
                            .formatted(
                                now.process(), Violations.at(now.span().from()), instance.id())));
      }
      shownBefore.addAll(now.statuses().keySet());
    }
  }

  private void nobodyIsAPhantom(ViewPeriod period) {
    for (String id : period.statuses().keySet()) {
      InstanceLifetime instance = byId.get(id);
      if (instance != null) {
        long gone = instance.forgottenBy(context.bounds());
        quiet(period.span().and(new Span(gone, Operation.NEVER)))
            .forEach(
                quiet ->
                    violations.broken(
                        "%s still showed %s at %s, which was to be forgotten by %s"
                            .formatted(
                                period.process(),
                                id,
                                Violations.at(quiet.from()),
                                Violations.at(gone))));
      }
    }
  }

  /** Whoever is not shown, or whatever is out of touch, must have been so for too long. */
  private void everybodyIsShown(List<ViewPeriod> periods) {
    inTouch(periods);
    for (InstanceLifetime instance : instances) {
      if (instance.there().and(tooLate(instance.there().from())).isEmpty()) {
        continue;
      }
      long missedSince = Operation.NEVER;
      for (ViewPeriod period : periods) {
        boolean shown = period.statuses().containsKey(instance.id());
        missedSince = shown ? Operation.NEVER : Math.min(missedSince, period.span().from());
        long cause = Math.max(missedSince, instance.there().from());
        quiet(period.span().and(instance.there()).and(tooLate(cause)))
            .forEach(
                quiet ->
                    violations.broken(
                        "%s did not show %s at %s, which was there since %s"
                            .formatted(
                                period.process(),
                                instance.id(),
                                Violations.at(quiet.from()),
                                Violations.at(instance.there().from()))));
      }
    }
  }

  private void inTouch(List<ViewPeriod> periods) {
    long since = Operation.NEVER;
    for (ViewPeriod period : periods) {
      since = period.isInTouch() ? Operation.NEVER : Math.min(since, period.span().from());
      quiet(period.span().and(tooLate(since)))
          .forEach(
              quiet ->
                  violations.broken(
                      "the view of %s was %s at %s"
                          .formatted(
                              period.process(), period.freshness(), Violations.at(quiet.from()))));
    }
  }

  private Span tooLate(long cause) {
    return new Span(Span.after(cause, context.bounds().recover()), Operation.NEVER);
  }

  private List<Span> quiet(Span span) {
    return context.quiet().within(span, context.bounds().recover());
  }
}
