package io.holdfast.payment.load;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When each shard took payments again after some instant, a crash say: the first acknowledgement of
 * a request that was begun after it. Thread-safe.
 */
public final class Recovery {

  private static final long NOT_YET = -1;

  private final long since = System.nanoTime();

  /** Nanoseconds after {@link #since}, by shard. */
  private final AtomicLongArray first;

  Recovery(int shards) {
    first = new AtomicLongArray(shards);
    for (int shard = 0; shard < shards; shard++) {
      first.set(shard, NOT_YET);
    }
  }

  void succeeded(int shard, long begunNanos) {
    if (begunNanos - since >= 0 && first.get(shard) == NOT_YET) {
      first.compareAndSet(shard, NOT_YET, System.nanoTime() - since);
    }
  }

  /** How long the shard took; empty if it has not come back yet. */
  public Optional<Duration> of(int shard) {
    long nanos = first.get(shard);
    return nanos == NOT_YET ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  /** How long the slowest of these took; empty while one has not come back, or of none. */
  public Optional<Duration> longest(Collection<Integer> shards) {
    Optional<Duration> longest = Optional.empty();
    for (int shard : shards) {
      Optional<Duration> one = of(shard);
      if (one.isEmpty()) {
        return Optional.empty();
      }
      if (longest.isEmpty() || one.get().compareTo(longest.get()) > 0) {
        longest = one;
      }
    }
    return longest;
  }
}
