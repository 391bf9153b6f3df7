package io.holdfast.registry.lease;

import java.time.Duration;

/**
 * Bounds for a flood of clients.
 *
 * @param leases so many instances are renewed here; more are refused
 * @param writes so many writes are under way; more are refused
 * @param patience how long a write waits for the cluster
 */
public record LeaseLimits(int leases, int writes, Duration patience) {

  private static final int MOST_LEASES = 50_000;
  private static final int MOST_WRITES = 2_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Enough for large fleets. */
  public static LeaseLimits defaults() {
    return new LeaseLimits(MOST_LEASES, MOST_WRITES, PATIENCE);
  }
}
