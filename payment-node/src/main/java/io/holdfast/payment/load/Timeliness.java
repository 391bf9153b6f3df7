package io.holdfast.payment.load;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Which share of the requests that were due in a second had their answer within a second, for the
 * shards that they concern. Says of every second of an outage whether what was not hit went on,
 * which a percentile over the whole run hides. Thread-safe.
 */
public final class Timeliness {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long origin = System.nanoTime();

  /** By second, and then by the shards of a request. */
  private final Map<Long, Map<Set<Integer>, Count>> seconds = new ConcurrentHashMap<>();

  private record Count(LongAdder due, LongAdder inTime) {}

  private Count count(Set<Integer> shards, long dueNanos) {
    return seconds
        .computeIfAbsent(
            Math.floorDiv(dueNanos - origin, SECOND), none -> new ConcurrentHashMap<>())
        .computeIfAbsent(shards, none -> new Count(new LongAdder(), new LongAdder()));
  }

  void due(Set<Integer> shards, long dueNanos) {
    count(shards, dueNanos).due().increment();
  }

  void answered(Set<Integer> shards, long dueNanos, long nowNanos) {
    if (nowNanos - dueNanos <= SECOND) {
      count(shards, dueNanos).inTime().increment();
    }
  }

  /**
   * The worst second of a time: of those that lie in it whole and in which anything was due.
   *
   * @param of these shards together: of requests that concern no others
   * @param fromNanos by {@link System#nanoTime}
   * @param toNanos so that what was due in the last second has had its second, too
   * @return from 0 to 1; empty if nothing was due
   */
  public OptionalDouble worst(Collection<Integer> of, long fromNanos, long toNanos) {
    Set<Integer> these = Set.copyOf(of);
    long first = Math.floorDiv(fromNanos - origin + SECOND - 1, SECOND);
    long end = Math.floorDiv(toNanos - origin, SECOND);
    double worst = Double.NaN;
    for (long each = first; each < end; each++) {
      long due = 0;
      long inTime = 0;
      for (var counted : seconds.getOrDefault(each, Map.of()).entrySet()) {
        if (these.containsAll(counted.getKey())) {
          due += counted.getValue().due().sum();
          inTime += counted.getValue().inTime().sum();
        }
      }
      if (due > 0) {
        double share = (double) inTime / due;
        worst = Double.isNaN(worst) ? share : Math.min(worst, share);
      }
    }
    return Double.isNaN(worst) ? OptionalDouble.empty() : OptionalDouble.of(worst);
  }

  /** What counts as in time. */
  public static Duration bound() {
    return Duration.ofNanos(SECOND);
  }
}
