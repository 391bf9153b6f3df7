package io.holdfast.http;

import io.holdfast.loadbalancer.retry.RetryRules;
import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import java.util.Set;

/**
 * How calls are made.
 *
 * @param scheme {@code http} or {@code https}
 * @param port the name of the instances' port
 * @param retries how often, and whether to hedge
 * @param attempt how long one try may take, its body included
 * @param deadline how long a call may take, all tries together, unless it says otherwise
 * @param judge what responses say of their instances
 */
public record CallRules(
    String scheme,
    String port,
    RetryRules retries,
    Duration attempt,
    Duration deadline,
    ResponseVerdict.Judge judge) {

  public CallRules {
    if (!Set.of("http", "https").contains(scheme)) {
      throw new IllegalArgumentException("a scheme is http or https, not " + scheme);
    }
    if (!isPositive(attempt) || !isPositive(deadline)) {
      throw new IllegalArgumentException(
          "a try and a call have some time: " + attempt + ", " + deadline);
    }
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  /** HTTP, {@link RetryRules#standard}, 3 seconds for a try, 10 for all. */
  public static CallRules standard() {
    return new CallRules(
        "http",
        ServiceInstance.HTTP,
        RetryRules.standard(),
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        ResponseVerdict::byStatus);
  }

  /** HTTPS, to the port of this name. */
  public CallRules secure(String otherPort) {
    return new CallRules("https", otherPort, retries, attempt, deadline, judge);
  }

  /** To the port of another name. */
  public CallRules withPort(String other) {
    return new CallRules(scheme, other, retries, attempt, deadline, judge);
  }

  /** With other retries. */
  public CallRules withRetries(RetryRules other) {
    return new CallRules(scheme, port, other, attempt, deadline, judge);
  }

  /** With other time for a try. */
  public CallRules withAttempt(Duration other) {
    return new CallRules(scheme, port, retries, other, deadline, judge);
  }

  /** With other time for all tries together. */
  public CallRules withDeadline(Duration other) {
    return new CallRules(scheme, port, retries, attempt, other, judge);
  }

  /** Judging responses otherwise. */
  public CallRules withJudge(ResponseVerdict.Judge other) {
    return new CallRules(scheme, port, retries, attempt, deadline, other);
  }
}
