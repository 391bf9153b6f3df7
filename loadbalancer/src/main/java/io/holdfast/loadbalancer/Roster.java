package io.holdfast.loadbalancer;

import io.holdfast.loadbalancer.Explanation.Availability;
import io.holdfast.loadbalancer.Explanation.Candidate;
import io.holdfast.loadbalancer.Explanation.Verdict;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may be chosen, out of all.
 *
 * @param all of the snapshot
 * @param willing those of them that are wanted, UP and of a weight above 0
 * @param available those of them that are not ejected; all of them in a panic
 */
record Roster(
    List<Endpoint> all, List<Endpoint> willing, List<Endpoint> available, Availability state) {

  static Roster of(
      List<Endpoint> all, Predicate<? super ServiceInstance> wanted, double panicThreshold) {
    List<Endpoint> willing =
        all.stream()
            .filter(one -> Fleet.takesRequests(one) && wanted.test(one.instance()))
            .toList();
    List<Endpoint> inside =
        willing.stream().filter(one -> !one.load().health().isEjected()).toList();
    boolean panic =
        inside.size() < willing.size()
            && (inside.isEmpty() || inside.size() < panicThreshold * willing.size());
    return panic
        ? new Roster(all, willing, willing, Availability.PANIC)
        : new Roster(all, willing, inside, Availability.NORMAL);
  }

  Explanation explain(Policy policy, @Nullable Endpoint chosen, Set<String> exclude, Notes notes) {
    return new Explanation(
        policy.name(),
        state,
        Optional.ofNullable(chosen).map(Endpoint::instance),
        all.stream().map(one -> candidate(one, chosen, exclude, notes)).toList());
  }

  private Candidate candidate(
      Endpoint one, @Nullable Endpoint chosen, Set<String> exclude, Notes notes) {
    Optional<Notes.Note> note = notes.of(one.id());
    double score = note.map(Notes.Note::score).orElse(Double.NaN);
    String meaning = note.map(Notes.Note::meaning).orElse("");
    Health.Ejection ejection = one.load().health().ejection();
    if (chosen != null && chosen.isSameIncarnation(one)) {
      return new Candidate(one.instance(), Verdict.CHOSEN, score, meaning);
    }
    if (one.instance().status() != InstanceStatus.UP) {
      return rejected(one, Verdict.NOT_UP, one.instance().status().toString());
    }
    if (one.weight() == 0) {
      return rejected(one, Verdict.WEIGHTLESS, "its weight is 0");
    }
    if (willing.stream().noneMatch(one::isSameIncarnation)) {
      return rejected(one, Verdict.NOT_WANTED, "outside this balancer's part of the service");
    }
    if (available.stream().noneMatch(one::isSameIncarnation)) {
      return rejected(one, Verdict.EJECTED, ejection == null ? "" : ejection.reason());
    }
    if (exclude.contains(one.id())) {
      return rejected(one, Verdict.EXCLUDED, "tried already");
    }
    return note.isPresent()
        ? new Candidate(one.instance(), Verdict.ELIGIBLE, score, meaning)
        : rejected(one, Verdict.NOT_IN_SUBSET, "outside this client's subset");
  }

  private static Candidate rejected(Endpoint one, Verdict verdict, String reason) {
    return new Candidate(one.instance(), verdict, Double.NaN, reason);
  }
}
