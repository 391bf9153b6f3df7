package io.holdfast.loadbalancer;

import io.holdfast.registry.ServiceInstance;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The reasons for one choice.
 *
 * @param policy the name of the policy
 * @param availability whether ejections counted
 * @param chosen the instance; empty if there was none to choose
 * @param candidates all instances of the snapshot, by id
 */
public record Explanation(
    String policy,
    Availability availability,
    Optional<ServiceInstance> chosen,
    List<Candidate> candidates) {

  /** Whether ejections count. */
  public enum Availability {
    /** Ejected instances are not chosen. */
    NORMAL,
    /** So many are ejected that ejections are ignored. */
    PANIC
  }

  /** What became of a candidate. */
  public enum Verdict {
    /** It was chosen. */
    CHOSEN,
    /** It could have been. */
    ELIGIBLE,
    /** Its status is not UP. */
    NOT_UP,
    /** Its weight is 0. */
    WEIGHTLESS,
    /** The balancer covers a part of the service, and it is not in that part. */
    NOT_WANTED,
    /** Outlier detection has ejected it. */
    EJECTED,
    /** The caller excluded it. */
    EXCLUDED,
    /** The policy leaves it to other clients. */
    NOT_IN_SUBSET
  }

  /**
   * One instance.
   *
   * @param instance which
   * @param verdict what became of it
   * @param score by the policy's measure, which {@code reason} names; NaN for those that the policy
   *     did not look at
   * @param reason for people
   */
  public record Candidate(ServiceInstance instance, Verdict verdict, double score, String reason) {}

  public Explanation {
    candidates = List.copyOf(candidates);
  }

  /** A line for each candidate. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(policy);
    if (availability == Availability.PANIC) {
      text.append(", panic: ejections are ignored");
    }
    for (Candidate candidate : candidates) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  %-24s %-13s %s%s",
              candidate.instance().id(),
              candidate.verdict(),
              Double.isNaN(candidate.score())
                  ? ""
                  : String.format(Locale.ROOT, "%.4g ", candidate.score()),
              candidate.reason()));
    }
    return text.toString();
  }
}
