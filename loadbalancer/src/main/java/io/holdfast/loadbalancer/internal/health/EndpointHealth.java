package io.holdfast.loadbalancer.internal.health;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What outlier detection knows of one instance. */
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
  final AtomicInteger failuresInARow = new AtomicInteger();

  /** Totals at the last sweep. Guarded by the detector. */
  long successesBefore;

  /** Guarded by the detector. */
  long failuresBefore;

  /** How often it was ejected, less what it has made good. Guarded by the detector. */
  int times;

  /** Null while it is not ejected. Written under the detector's lock, read by anyone. */
  private volatile @Nullable Ejection ejection;

  public @Nullable Ejection ejection() {
    return ejection;
  }

  public boolean isEjected() {
    return ejection != null;
  }

  void eject(Ejection now) {
    ejection = now;
  }

  void readmit() {
    ejection = null;
    failuresInARow.set(0);
  }
}
