package io.holdfast.registry.lease;

import io.holdfast.coordination.Key;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Counts the time since renewals, on the monotonic clock. An entry of which nothing was heard here
 * begins to count when it is first seen.
 *
 * <p>A gateway that was paused has not heard what its clients sent meanwhile: after a gap between
 * two sweeps everything counts from the start.
 */
final class LeaseClock {

  /** Two sweeps lie no further apart unless the process was paused. */
  private static final Duration GAP = Duration.ofSeconds(4);

  private final String name;
  private final LongSupplier nanoTime;

  /** When an entry was last renewed here, or first seen by a sweep. */
  private final Map<Key, Long> since = new ConcurrentHashMap<>();

  /** Those that a client has renewed here. */
  private final Set<Key> renewedHere = ConcurrentHashMap.newKeySet();

  /** Used by the sweeping thread only, as is the one below. */
  private long lastSweep;

  private boolean swept;

  LeaseClock(String name, LongSupplier nanoTime) {
    this.name = name;
    this.nanoTime = nanoTime;
  }

  void renewed(Key key) {
    since.put(key, nanoTime.getAsLong());
    renewedHere.add(key);
  }

  void forget(Key key) {
    since.remove(key);
    renewedHere.remove(key);
  }

  boolean holds(Key key) {
    return renewedHere.contains(key);
  }

  int size() {
    return renewedHere.size();
  }

  Optional<Duration> sinceRenewal(Key key) {
    Long then = since.get(key);
    return then == null || !renewedHere.contains(key)
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(nanoTime.getAsLong() - then));
  }

  /** Looks again, when a write is about to remove it, whether it is still late. */
  boolean mayExpire(Key key, Lease lease) {
    Long then = since.get(key);
    return then != null && nanoTime.getAsLong() - then > Durations.nanos(lease.ttl());
  }

  Sweep sweep(Optional<Set<String>> alive) {
    long now = nanoTime.getAsLong();
    if (swept && now - lastSweep > Durations.nanos(GAP)) {
      since.replaceAll((key, then) -> now);
    }
    lastSweep = now;
    swept = true;
    return new Sweep(now, alive);
  }

  /** One look at all entries. */
  final class Sweep {
    private final long now;
    private final Optional<Set<String>> alive;
    private final Set<Key> seen = new HashSet<>();

    private Sweep(long now, Optional<Set<String>> alive) {
      this.now = now;
      this.alive = alive;
    }

    /** True if nobody has renewed it in time, as far as this gateway may judge that. */
    boolean isLate(Key key, Lease lease, boolean current) {
      seen.add(key);
      boolean mine = lease.holder().equals(name);
      if (!current || alive.isEmpty() || (!mine && alive.get().contains(lease.holder()))) {
        // Another counts, or nobody can: if this gateway is to count later, it begins then.
        if (!mine && !renewedHere.contains(key)) {
          since.remove(key);
        }
        return false;
      }
      Long then = since.putIfAbsent(key, now);
      return then != null && now - then > Durations.nanos(lease.ttl());
    }

    /** Forgets the entries that are gone, unless they were renewed after the look. */
    void end() {
      since.forEach(
          (key, then) -> {
            if (!seen.contains(key) && now - then > Durations.nanos(Lease.LONGEST)) {
              forget(key);
            }
          });
    }
  }
}
