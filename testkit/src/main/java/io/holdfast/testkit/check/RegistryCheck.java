package io.holdfast.testkit.check;

import io.holdfast.testkit.history.Operation;
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
 *   <li>{@code see} {revision, freshness, shows} → {}: the view shows this from now on; {@code *
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
 *       no phantom. Who died without a word may be shown for longer, as {@link Bounds#forget} says
 * </ul>
 */
final class RegistryCheck {

  private final Collection<Member> members;
  private final Map<String, Member> byId = new HashMap<>();
  private final Surroundings around;
  private final Promises promises = new Promises();

  private RegistryCheck(List<Operation> operations, Surroundings around) {
    this.around = around;
    this.members = Member.of(operations, around.lives());
    members.forEach(member -> byId.put(member.id(), member));
  }

  static Verdict check(List<Operation> operations, Surroundings around) {
    RegistryCheck check = new RegistryCheck(operations, around);
    Map<String, List<Operation>> sees =
        operations.stream()
            .filter(each -> each.action().equals("see") || each.action().equals("closed"))
            .collect(Collectors.groupingBy(Operation::process));
    if (check.members.isEmpty() || sees.isEmpty()) {
      return new Verdict.Unknown(operations.size(), "nobody was registered, or nobody looked");
    }
    sees.forEach(
        (process, ofProcess) -> {
          List<Sight> sights = Sight.of(ofProcess, around.lives().of(process).to());
          check.neverBackwards(sights);
          check.neverEmptied(sights);
          sights.forEach(check::nobodyIsAPhantom);
          check.everybodyIsShown(sights);
        });
    return check.promises.verdict(operations.size());
  }

  private void neverBackwards(List<Sight> sights) {
    for (int i = 1; i < sights.size(); i++) {
      Sight now = sights.get(i);
      long before = sights.get(i - 1).revision();
      if (now.revision() < before) {
        promises.broken(
            "the view of %s went from revision %d back to %d at %s"
                .formatted(now.process(), before, now.revision(), Promises.at(now.span().from())));
      }
    }
  }

  private void neverEmptied(List<Sight> sights) {
    Set<String> shownBefore = new HashSet<>();
    for (Sight now : sights) {
      if (now.statuses().isEmpty()) {
        members.stream()
            .filter(member -> shownBefore.contains(member.id()))
            .filter(member -> member.there().holds(now.span().from()))
            .findFirst()
            .ifPresent(
                member ->
                    promises.broken(
                        "the view of %s was emptied at %s, while %s was there"
                            .formatted(
                                now.process(), Promises.at(now.span().from()), member.id())));
      }
      shownBefore.addAll(now.statuses().keySet());
    }
  }

  private void nobodyIsAPhantom(Sight sight) {
    for (String id : sight.statuses().keySet()) {
      Member member = byId.get(id);
      if (member != null) {
        long gone = member.forgottenBy(around.bounds());
        calm(sight.span().and(new Span(gone, Operation.NEVER)))
            .forEach(
                calm ->
                    promises.broken(
                        "%s still showed %s at %s, which was to be forgotten by %s"
                            .formatted(
                                sight.process(), id, Promises.at(calm.from()), Promises.at(gone))));
      }
    }
  }

  /** Whoever is not shown, or whatever is out of touch, must have been so for too long. */
  private void everybodyIsShown(List<Sight> sights) {
    inTouch(sights);
    for (Member member : members) {
      if (member.there().and(tooLate(member.there().from())).isEmpty()) {
        continue;
      }
      long missedSince = Operation.NEVER;
      for (Sight sight : sights) {
        boolean shown = sight.statuses().containsKey(member.id());
        missedSince = shown ? Operation.NEVER : Math.min(missedSince, sight.span().from());
        long cause = Math.max(missedSince, member.there().from());
        calm(sight.span().and(member.there()).and(tooLate(cause)))
            .forEach(
                calm ->
                    promises.broken(
                        "%s did not show %s at %s, which was there since %s"
                            .formatted(
                                sight.process(),
                                member.id(),
                                Promises.at(calm.from()),
                                Promises.at(member.there().from()))));
      }
    }
  }

  private void inTouch(List<Sight> sights) {
    long since = Operation.NEVER;
    for (Sight sight : sights) {
      since = sight.isInTouch() ? Operation.NEVER : Math.min(since, sight.span().from());
      calm(sight.span().and(tooLate(since)))
          .forEach(
              calm ->
                  promises.broken(
                      "the view of %s was %s at %s"
                          .formatted(
                              sight.process(), sight.freshness(), Promises.at(calm.from()))));
    }
  }

  private Span tooLate(long cause) {
    return new Span(Span.after(cause, around.bounds().recover()), Operation.NEVER);
  }

  private List<Span> calm(Span span) {
    return around.calm().within(span, around.bounds().recover());
  }
}
