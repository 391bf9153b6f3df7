package io.holdfast.loadbalancer;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Any picker, with newcomers that take only part of what it gives them; the rest goes where it
 * would go if they were not there. So a key, too, stays where it was until its turn to move, which
 * it does once: the lesser its number, the sooner.
 */
final class SlowStartPicker implements Picker {

  private static final int WHOLE = 1 << 30;

  private final Picker all;
  private final Picker settled;
  private final SlowStart rules;
  private final Dice dice;

  private SlowStartPicker(Picker all, Picker settled, SlowStart rules, Dice dice) {
    this.all = all;
    this.settled = settled;
    this.rules = rules;
    this.dice = dice;
  }

  /** A picker over {@code endpoints}; a plain one if there are no newcomers, or nobody else. */
  static Picker over(
      List<Endpoint> endpoints, SlowStart rules, long now, Scheme scheme, Dice dice) {
    List<Endpoint> warm =
        endpoints.stream().filter(one -> one.load().warmth().at(rules, now) >= 1).toList();
    Picker all = scheme.picker(endpoints);
    return warm.isEmpty() || warm.size() == endpoints.size()
        ? all
        : new SlowStartPicker(all, scheme.picker(warm), rules, dice);
  }

  @Override
  public @Nullable Endpoint pick(@Nullable Affinity affinity, Set<String> exclude) {
    Endpoint chosen = all.pick(affinity, exclude);
    if (chosen == null || takes(chosen, affinity)) {
      return chosen;
    }
    Endpoint instead = settled.pick(affinity, exclude);
    return instead != null ? instead : chosen;
  }

  /** Reads the clock for newcomers only. */
  private boolean takes(Endpoint endpoint, @Nullable Affinity affinity) {
    Warmth warmth = endpoint.load().warmth();
    if (warmth.warm()) {
      return true;
    }
    double share = warmth.at(rules, endpoint.nanoTime());
    long bits = affinity == null ? dice.bits() : XxHash64.mix(~affinity.hash());
    return Dice.high(bits, WHOLE) < share * WHOLE;
  }

  @Override
  public void describe(@Nullable Affinity affinity, Notes notes) {
    all.describe(affinity, notes);
  }
}
