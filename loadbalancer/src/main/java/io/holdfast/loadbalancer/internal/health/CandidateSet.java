package io.holdfast.loadbalancer.internal.health;

import io.holdfast.loadbalancer.Explanation;
import io.holdfast.loadbalancer.Explanation.Availability;
import io.holdfast.loadbalancer.Explanation.Candidate;
import io.holdfast.loadbalancer.Explanation.Verdict;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.internal.endpoint.EndpointHealth;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.loadbalancer.internal.policy.PickerScores;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that may be chosen, out of all.
 *
 * @param all of the snapshot
 * @param willing those of them that are wanted, UP and of a weight above 0
 * @param available those of them that are not ejected; all of them in a panic
 */
public record CandidateSet(
    List<TrackedEndpoint> all,
    List<TrackedEndpoint> willing,
    List<TrackedEndpoint> available,
    Availability state) {

  public static CandidateSet of(
      List<TrackedEndpoint> all, Predicate<? super ServiceInstance> wanted, double panicThreshold) {
    List<TrackedEndpoint> willing =
        all.stream().filter(one -> one.takesRequests() && wanted.test(one.instance())).toList();
    List<TrackedEndpoint> inside =
        willing.stream().filter(one -> !one.load().health().isEjected()).toList();
    boolean panic =
        inside.size() < willing.size()
            && (inside.isEmpty() || inside.size() < panicThreshold * willing.size());
    return panic
        ? new CandidateSet(all, willing, willing, Availability.PANIC)
        : new CandidateSet(all, willing, inside, Availability.NORMAL);
  }

  public Explanation explain(
      Policy policy, @Nullable TrackedEndpoint chosen, Set<String> exclude, PickerScores scores) {
    return new Explanation(
        policy.name(),
        state,
        Optional.ofNullable(chosen).map(TrackedEndpoint::instance),
        all.stream().map(one -> candidate(one, chosen, exclude, scores)).toList());
  }

  private Candidate candidate(
      TrackedEndpoint one,
      @Nullable TrackedEndpoint chosen,
      Set<String> exclude,
      PickerScores scores) {
    Optional<PickerScores.Note> note = scores.of(one.id());
    double score = note.map(PickerScores.Note::score).orElse(Double.NaN);
    String meaning = note.map(PickerScores.Note::meaning).orElse("");
    EndpointHealth.Ejection ejection = one.load().health().ejection();
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

  private static Candidate rejected(TrackedEndpoint one, Verdict verdict, String reason) {
    return new Candidate(one.instance(), verdict, Double.NaN, reason);
  }
}
