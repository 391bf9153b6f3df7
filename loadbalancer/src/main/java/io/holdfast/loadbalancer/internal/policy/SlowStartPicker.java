package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.SlowStart;
import io.holdfast.loadbalancer.internal.endpoint.SlowStartProgress;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Any picker, with newcomers that take only part of what it gives them; the rest goes where it
 * would go if they were not there. So a key, too, stays where it was until its turn to move, which
 * it does once: the lesser its number, the sooner.
 */
public final class SlowStartPicker implements Picker {

  private static final int WHOLE = 1 << 30;

  private final Picker all;
  private final Picker settled;
  private final SlowStart rules;
  private final RandomSource random;

  private SlowStartPicker(Picker all, Picker settled, SlowStart rules, RandomSource random) {
    this.all = all;
    this.settled = settled;
    this.rules = rules;
    this.random = random;
  }

  /** A picker over {@code endpoints}; a plain one if there are no newcomers, or only newcomers. */
  public static Picker over(
      List<TrackedEndpoint> endpoints,
      SlowStart rules,
      long now,
      PickerFactory pickerFactory,
      RandomSource random) {
    List<TrackedEndpoint> warm =
        endpoints.stream()
            .filter(one -> one.load().slowStartProgress().at(rules, now) >= 1)
            .toList();
    Picker all = pickerFactory.picker(endpoints);
    return warm.isEmpty() || warm.size() == endpoints.size()
        ? all
        : new SlowStartPicker(all, pickerFactory.picker(warm), rules, random);
  }

  @Override
  public @Nullable TrackedEndpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
    TrackedEndpoint chosen = all.pick(affinity, exclude);
    if (chosen == null || takes(chosen, affinity)) {
      return chosen;
    }
    TrackedEndpoint instead = settled.pick(affinity, exclude);
    return instead != null ? instead : chosen;
  }

  /** Reads the clock for newcomers only. */
  private boolean takes(TrackedEndpoint endpoint, @Nullable Affinity affinity) {
    SlowStartProgress slowStartProgress = endpoint.load().slowStartProgress();
    if (slowStartProgress.warm()) {
      return true;
    }
    double share = slowStartProgress.at(rules, endpoint.nanoTime());
    long bits = affinity == null ? random.bits() : XxHash64.mix(~affinity.hash());
    return RandomSource.high(bits, WHOLE) < share * WHOLE;
  }

  @Override
  public void describe(@Nullable Affinity affinity, PickerScores scores) {
    all.describe(affinity, scores);
  }
}
