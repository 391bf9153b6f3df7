package io.holdfast.loadbalancer;

import java.time.Duration;

/**
 * The rules by which an instance with too many failures is ejected for a while. The parameters and
 * their defaults are those that Envoy and gRPC (proposal A50) publish.
 *
 * <p>An instance whose registration goes and comes back, under the same id and at the same host and
 * ports, stays ejected for the rest of its time, unless the maximum number of instances is ejected
 * already.
 *
 * <p>It has no thread of its own: a thread that reports an outcome makes the sweep that is due.
 *
 * @param interval between sweeps, which look at rates and let the ejected back in
 * @param baseEjection how long the first ejection lasts; the n-th lasts n times that. Every sweep
 *     that finds an instance inside takes one from its count
 * @param maxEjection the longest
 * @param maxEjectedPercent of the instances, 0 to 100, that may be out together; one always may,
 *     unless it is 0
 * @param consecutiveFailures in a row that eject at once; 0 turns this off
 * @param successRate ejects those that succeed far more rarely than the others
 * @param failurePercentage ejects those that fail more often than an absolute bound
 */
public record OutlierDetection(
    Duration interval,
    Duration baseEjection,
    Duration maxEjection,
    int maxEjectedPercent,
    int consecutiveFailures,
    SuccessRate successRate,
    FailurePercentage failurePercentage) {

  /**
   * Ejects an instance whose success rate in the last interval is below the mean of all by more
   * than {@code deviations} standard deviations.
   *
   * @param minimumHosts with enough requests, below which nothing is concluded; 0 turns this off
   * @param minimumRequests that an instance must have had to count
   * @param deviations as many
   */
  public record SuccessRate(int minimumHosts, int minimumRequests, double deviations) {
    public SuccessRate {
      notNegative(minimumHosts, "a number of hosts");
      notNegative(minimumRequests, "a number of requests");
      if (!(deviations >= 0)) {
        throw new IllegalArgumentException("deviations are not negative: " + deviations);
      }
    }
  }

  /**
   * Ejects an instance of whose requests in the last interval at least {@code percent} failed.
   *
   * @param minimumHosts with enough requests, below which nothing is concluded; 0 turns this off
   * @param minimumRequests that an instance must have had to count
   * @param percent 0 to 100
   */
  public record FailurePercentage(int minimumHosts, int minimumRequests, int percent) {
    public FailurePercentage {
      notNegative(minimumHosts, "a number of hosts");
      notNegative(minimumRequests, "a number of requests");
      percentage(percent);
    }
  }

  public OutlierDetection {
    positive(interval);
    positive(baseEjection);
    positive(maxEjection);
    percentage(maxEjectedPercent);
    notNegative(consecutiveFailures, "a number of failures");
  }

  /** The published parameters. */
  public static OutlierDetection standard() {
    return new OutlierDetection(
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(300),
        10,
        5,
        new SuccessRate(5, 100, 1.9),
        new FailurePercentage(5, 50, 85));
  }

  /** Sweeping at another interval. */
  public OutlierDetection withInterval(Duration other) {
    return new OutlierDetection(
        other,
        baseEjection,
        maxEjection,
        maxEjectedPercent,
        consecutiveFailures,
        successRate,
        failurePercentage);
  }

  /** With other lengths of ejections. */
  public OutlierDetection withEjection(Duration base, Duration max) {
    return new OutlierDetection(
        interval,
        base,
        max,
        maxEjectedPercent,
        consecutiveFailures,
        successRate,
        failurePercentage);
  }

  /** With another bound on how many may be ejected at the same time. */
  public OutlierDetection withMaxEjectedPercent(int other) {
    return new OutlierDetection(
        interval,
        baseEjection,
        maxEjection,
        other,
        consecutiveFailures,
        successRate,
        failurePercentage);
  }

  /** Ejecting after another number of failures in a row; 0 turns this off. */
  public OutlierDetection withConsecutiveFailures(int other) {
    return new OutlierDetection(
        interval,
        baseEjection,
        maxEjection,
        maxEjectedPercent,
        other,
        successRate,
        failurePercentage);
  }

  /** With another rule of success rates. */
  public OutlierDetection withSuccessRate(SuccessRate other) {
    return new OutlierDetection(
        interval,
        baseEjection,
        maxEjection,
        maxEjectedPercent,
        consecutiveFailures,
        other,
        failurePercentage);
  }

  /** With another rule of failure percentages. */
  public OutlierDetection withFailurePercentage(FailurePercentage other) {
    return new OutlierDetection(
        interval,
        baseEjection,
        maxEjection,
        maxEjectedPercent,
        consecutiveFailures,
        successRate,
        other);
  }

  private static void positive(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(
          "a duration of outlier detection is positive: " + duration);
    }
  }

  private static void notNegative(int number, String what) {
    if (number < 0) {
      throw new IllegalArgumentException(what + " is not negative: " + number);
    }
  }

  private static void percentage(int percent) {
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("a percentage is 0 to 100: " + percent);
    }
  }
}
