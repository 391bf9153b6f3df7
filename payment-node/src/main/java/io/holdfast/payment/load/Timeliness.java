package io.holdfast.payment.load;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Which share of the requests that were due in a second had their answer within a second, for each
 * shard. Says of every second of an outage whether the shards that were not hit went on, which a
 * percentile over the whole run hides. Thread-safe.
 */
public final class Timeliness {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final int shards;
  private final long origin = System.nanoTime();
  private final Map<Long, Second> seconds = new ConcurrentHashMap<>();

  private record Second(AtomicIntegerArray due, AtomicIntegerArray inTime) {}

  Timeliness(int shards) {
    this.shards = shards;
  }

  private Second second(long nanos) {
    return seconds.computeIfAbsent(
        Math.floorDiv(nanos - origin, SECOND),
        none -> new Second(new AtomicIntegerArray(shards), new AtomicIntegerArray(shards)));
  }

  void due(int shard, long dueNanos) {
    second(dueNanos).due().incrementAndGet(shard);
  }

  void answered(int shard, long dueNanos, long nowNanos) {
    if (nowNanos - dueNanos <= SECOND) {
      second(dueNanos).inTime().incrementAndGet(shard);
    }
  }

  /**
   * The worst second of a time: of those that lie in it whole and in which anything was due.
   *
   * @param of these shards together
   * @param fromNanos by {@link System#nanoTime}
   * @param toNanos so that what was due in the last second has had its second, too
   * @return from 0 to 1; empty if nothing was due
   */
  public OptionalDouble worst(Collection<Integer> of, long fromNanos, long toNanos) {
    long first = Math.floorDiv(fromNanos - origin + SECOND - 1, SECOND);
    long end = Math.floorDiv(toNanos - origin, SECOND);
    double worst = Double.NaN;
    for (long each = first; each < end; each++) {
      Second second = seconds.get(each);
      if (second == null) {
        continue;
      }
      int due = of.stream().mapToInt(second.due()::get).sum();
      if (due > 0) {
        double share = (double) of.stream().mapToInt(second.inTime()::get).sum() / due;
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
