package io.holdfast.loadbalancer.internal.endpoint;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What outlier detection knows of one instance. The detector decides; this remembers. */
public final class EndpointHealth {

  /**
   * A time outside.
   *
   * @param reason for people
   * @param since when it began
   * @param until when it may end; the next sweep after it ends it
   */
  public record Ejection(String reason, long since, long until) {}

  /** Failures since the last success. Any thread. */
  private final AtomicInteger failuresInARow = new AtomicInteger();

  /** Totals at the last sweep. Guarded by the detector, as are the two below. */
  private long successesBefore;

  private long failuresBefore;

  /** How often it was ejected, less one for each sweep since it came back. */
  private int times;

  /** Null while it is not ejected. Written under the detector's lock, read by anyone. */
  private volatile @Nullable Ejection ejection;

  public @Nullable Ejection ejection() {
    return ejection;
  }

  public boolean isEjected() {
    return ejection != null;
  }

  /** Counts a failure; returns how many there were in a row. Any thread. */
  public int failed() {
    return failuresInARow.incrementAndGet();
  }

  /** Ends a row of failures. Any thread; costs one read if there is none. */
  public void endRowOfFailures() {
    if (failuresInARow.get() != 0) {
      failuresInARow.set(0);
    }
  }

  /** How many of {@code total} successes are new since the last call. Under the detector's lock. */
  public long newSuccesses(long total) {
    long more = total - successesBefore;
    successesBefore = total;
    return more;
  }

  /** How many of {@code total} failures are new since the last call. Under the detector's lock. */
  public long newFailures(long total) {
    long more = total - failuresBefore;
    failuresBefore = total;
    return more;
  }

  /** What sets how long the next ejection lasts. Under the detector's lock. */
  public int times() {
    return times;
  }

  /** Under the detector's lock. */
  public void setTimes(int other) {
    times = other;
  }

  /** Under the detector's lock. */
  public void eject(Ejection now) {
    ejection = now;
  }

  /** Under the detector's lock. */
  public void readmit() {
    ejection = null;
    failuresInARow.set(0);
  }
}
