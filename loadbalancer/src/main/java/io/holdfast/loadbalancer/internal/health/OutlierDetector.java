package io.holdfast.loadbalancer.internal.health;

import io.holdfast.loadbalancer.OutlierDetection;
import io.holdfast.loadbalancer.OutlierDetection.FailurePercentage;
import io.holdfast.loadbalancer.OutlierDetection.SuccessRate;
import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.loadbalancer.internal.endpoint.EndpointHealth;
import io.holdfast.loadbalancer.internal.endpoint.EndpointLoad;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.loadbalancer.internal.health.PastEjections.Absence;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ejects instances and lets them back in. An instance is inside, or ejected until a time; it comes
 * back in the first sweep after that time.
 *
 * <p>Outcomes drive it: a failure may eject at once, and the thread that reports an outcome after a
 * sweep is due makes it. Without outcomes a late sweep does no harm.
 */
public final class OutlierDetector {

  private static final Logger LOG = LoggerFactory.getLogger(OutlierDetector.class);

  private final OutlierDetection rules;
  private final Runnable changed;

  /** A sweep never waits for another: a thread that finds the lock taken goes on. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by {@link #lock}. */
  private List<TrackedEndpoint> endpoints = List.of();

  /** Guarded by {@link #lock}. */
  private final PastEjections pastEjections = new PastEjections();

  /** Since the beginning. Written under {@link #lock}. */
  private volatile long ejections;

  /** When the next sweep is due. Written under {@link #lock}. */
  private volatile long due;

  /**
   * A detector without endpoints.
   *
   * @param changed called under the lock after an instance was ejected or came back; must be quick
   */
  public OutlierDetector(OutlierDetection rules, long now, Runnable changed) {
    this.rules = rules;
    this.changed = changed;
    this.due = now + Durations.nanos(rules.interval());
  }

  /**
   * The list has changed.
   *
   * @param willing all that may be chosen by their own account
   * @param gone those no longer in the list
   * @param come those that are new in the list
   */
  public void watch(
      List<TrackedEndpoint> willing,
      List<TrackedEndpoint> gone,
      List<TrackedEndpoint> come,
      long now) {
    lock.lock();
    try {
      endpoints = willing;
      gone.forEach(endpoint -> pastEjections.left(endpoint, now));
      for (TrackedEndpoint endpoint : come) {
        pastEjections.returned(endpoint, now).ifPresent(absence -> resume(endpoint, absence, now));
      }
    } finally {
      lock.unlock();
    }
  }

  /** No picker has seen the newcomer yet, so there is no change to report. */
  private void resume(TrackedEndpoint endpoint, Absence absence, long now) {
    EndpointHealth health = endpoint.load().health();
    health.setTimes(absence.times());
    if (mayEject()) {
      health.eject(absence.ejection());
      LOG.info(
          "{} is back, and is not chosen for {} yet: {}",
          endpoint,
          Durations.text(Duration.ofNanos(absence.ejection().until() - now)),
          absence.ejection().reason());
    }
  }

  private boolean mayEject() {
    long out = endpoints.stream().filter(one -> one.load().health().isEjected()).count();
    return out < mayBeEjected(rules, endpoints.size());
  }

  /** A request ended, and its outcome is counted. */
  public void told(TrackedEndpoint endpoint, RequestOutcome outcome, long now) {
    EndpointHealth health = endpoint.load().health();
    if (outcome == RequestOutcome.SUCCESS) {
      health.endRowOfFailures();
    }
    if (outcome == RequestOutcome.FAILURE && health.failed() == rules.consecutiveFailures()) {
      ejectForFailuresInARow(endpoint, now);
    }
    if (now - due >= 0 && lock.tryLock()) {
      try {
        sweep(now);
      } finally {
        lock.unlock();
      }
    }
  }

  /** How many of {@code hosts} may be ejected at the same time. */
  public static int mayBeEjected(OutlierDetection rules, int hosts) {
    int percent = rules.maxEjectedPercent();
    return percent == 0 ? 0 : Math.max(1, (int) ((long) hosts * percent / 100));
  }

  /** How long an instance's {@code times}-th ejection lasts. */
  public static long ejectionNanos(OutlierDetection rules, int times) {
    long base = Durations.nanos(rules.baseEjection());
    long longest = Math.max(Durations.nanos(rules.maxEjection()), base);
    return times > longest / base ? longest : base * times;
  }

  private void ejectForFailuresInARow(TrackedEndpoint endpoint, long now) {
    lock.lock();
    try {
      if (!eject(endpoint, rules.consecutiveFailures() + " failures in a row", now)) {
        endpoint.load().health().endRowOfFailures();
      }
    } finally {
      lock.unlock();
    }
  }

  private void sweep(long now) {
    if (now - due < 0) {
      return; // Another thread was faster.
    }
    List<Count> counts = endpoints.stream().map(Count::since).toList();
    readmit(now);
    bySuccessRate(counts, now);
    byFailurePercentage(counts, now);
    due = now + Durations.nanos(rules.interval());
  }

  private void readmit(long now) {
    boolean any = false;
    for (TrackedEndpoint endpoint : endpoints) {
      EndpointHealth health = endpoint.load().health();
      EndpointHealth.Ejection ejection = health.ejection();
      if (ejection == null) {
        health.setTimes(Math.max(0, health.times() - 1));
      } else if (now - ejection.until() >= 0) {
        health.readmit();
        any = true;
        LOG.info("{} may be chosen again", endpoint);
      }
    }
    if (any) {
      changed.run();
    }
  }

  private void bySuccessRate(List<Count> counts, long now) {
    SuccessRate rule = rules.successRate();
    List<Count> enough = atLeast(counts, rule.minimumRequests());
    if (rule.minimumHosts() == 0 || enough.size() < rule.minimumHosts()) {
      return;
    }
    double mean = enough.stream().mapToDouble(Count::successRate).average().orElse(1);
    double variance =
        enough.stream()
            .mapToDouble(count -> (count.successRate() - mean) * (count.successRate() - mean))
            .average()
            .orElse(0);
    double bound = mean - rule.deviations() * Math.sqrt(variance);
    for (Count count : enough) {
      if (count.successRate() < bound) {
        eject(
            count.endpoint,
            String.format(
                Locale.ROOT,
                "success rate %.1f %%, bound %.1f %%",
                100 * count.successRate(),
                100 * bound),
            now);
      }
    }
  }

  private void byFailurePercentage(List<Count> counts, long now) {
    FailurePercentage rule = rules.failurePercentage();
    List<Count> enough = atLeast(counts, rule.minimumRequests());
    if (rule.minimumHosts() == 0 || enough.size() < rule.minimumHosts()) {
      return;
    }
    for (Count count : enough) {
      double failed = 100 * (1 - count.successRate());
      if (failed >= rule.percent()) {
        eject(
            count.endpoint, String.format(Locale.ROOT, "%.1f %% of requests failed", failed), now);
      }
    }
  }

  private static List<Count> atLeast(List<Count> counts, int requests) {
    return counts.stream().filter(count -> count.total() >= Math.max(1, requests)).toList();
  }

  private boolean eject(TrackedEndpoint endpoint, String reason, long now) {
    EndpointHealth health = endpoint.load().health();
    boolean gone = endpoints.stream().noneMatch(one -> one.isSameIncarnation(endpoint));
    if (gone || health.isEjected() || !mayEject()) {
      return false;
    }
    health.setTimes(health.times() + 1);
    long length = ejectionNanos(rules, health.times());
    health.eject(new EndpointHealth.Ejection(reason, now, now + length));
    ejected();
    LOG.warn(
        "{} is not chosen for {}: {}", endpoint, Durations.text(Duration.ofNanos(length)), reason);
    changed.run();
    return true;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
  private void ejected() {
    ejections++;
  }

  /** How many ejections there were since the beginning. */
  public long ejections() {
    return ejections;
  }

  /** What one endpoint did since the last sweep. */
  private record Count(TrackedEndpoint endpoint, long successes, long failures) {

    static Count since(TrackedEndpoint endpoint) {
      EndpointLoad load = endpoint.load();
      EndpointHealth health = load.health();
      return new Count(
          endpoint, health.newSuccesses(load.successes()), health.newFailures(load.failures()));
    }

    long total() {
      return successes + failures;
    }

    double successRate() {
      return (double) successes / total();
    }
  }
}
