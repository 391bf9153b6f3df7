package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * In turn, with no counter that all threads share.
 *
 * <p>The position is striped: each thread goes by one of {@link #STRIPES} positions, chosen by its
 * id, each on a cache line of its own. Every position starts at random, for if all processes, or
 * all pickers after a change, started at the first endpoint, the first would get several times its
 * share.
 *
 * <p><b>Evenness.</b> A position moves strictly in turn, whichever thread moves it, so among the
 * picks of one stripe the counts of any two endpoints differ by at most 1. Over all stripes they
 * differ by at most {@code STRIPES}, for ever: the error does not grow with the number of picks.
 * One thread alone sees a perfect round. Excluded endpoints are passed over from a random start, so
 * that the one after a failed endpoint does not inherit all of its retries.
 */
public final class RoundRobinPicker implements Picker {

  /** A power of two. */
  static final int STRIPES = 16;

  /** Ints per cache line of 128 bytes, the widest in use and the reach of adjacent prefetching. */
  private static final int SPACING = 32;

  private final TrackedEndpoint[] endpoints;
  private final RandomSource random;
  private final AtomicIntegerArray positions = new AtomicIntegerArray((STRIPES + 1) * SPACING);

  public RoundRobinPicker(List<TrackedEndpoint> endpoints, RandomSource random) {
    this.endpoints = Choice.array(endpoints);
    this.random = random;
    for (int stripe = 0; stripe < STRIPES && this.endpoints.length > 0; stripe++) {
      positions.setPlain(slot(stripe), random.below(this.endpoints.length));
    }
  }

  @Override
  public @Nullable TrackedEndpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
    if (endpoints.length == 0) {
      return null;
    }
    TrackedEndpoint next = endpoints[advance()];
    return Choice.allowed(next, exclude)
        ? next
        : Choice.probe(endpoints, random.below(endpoints.length), exclude);
  }

  @Override
  public void describe(@Nullable Affinity affinity, PickerScores scores) {
    int turn = endpoints.length == 0 ? 0 : positions.get(slot(stripe()));
    for (int i = 0; i < endpoints.length; i++) {
      scores.add(
          endpoints[i],
          Math.floorMod(i - turn, endpoints.length),
          "turns before it on this thread; excluded ones are passed over at random");
    }
  }

  private static int stripe() {
    return (int) Thread.currentThread().getId() & (STRIPES - 1);
  }

  private int advance() {
    int slot = slot(stripe());
    while (true) {
      int now = positions.getPlain(slot);
      int after = now + 1 == endpoints.length ? 0 : now + 1;
      if (positions.weakCompareAndSetVolatile(slot, now, after)) {
        return now;
      }
    }
  }

  /** The first line stays empty, to keep clear of the array's length. */
  private static int slot(int stripe) {
    return (stripe + 1) * SPACING;
  }
}
