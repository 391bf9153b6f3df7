package io.holdfast.payment.testing.acquirer;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;

/**
 * Decides what goes wrong with the next call: first what was ordered, one a call, else by chance.
 * The same seed and the same calls, the same faults. Thread-safe.
 */
final class Faults {

  /** Guarded by this, as is what follows. */
  private final Random chance;

  private final Map<Fault, Double> rates = new EnumMap<>(Fault.class);
  private final Queue<Fault> ordered = new ArrayDeque<>();

  Faults(long seed, Map<Fault, Double> rates) {
    chance = new Random(seed);
    setRates(rates);
  }

  /** Replaces all rates; each is a probability, and together they are at most 1. */
  synchronized void setRates(Map<Fault, Double> changed) {
    double sum = 0;
    for (double rate : changed.values()) {
      if (!(rate >= 0)) {
        throw new IllegalArgumentException("a rate is not less than 0");
      }
      sum += rate;
    }
    if (sum > 1) {
      throw new IllegalArgumentException("all rates together are at most 1");
    }
    rates.clear();
    rates.putAll(changed);
  }

  /** These befall the next calls, one each. */
  synchronized void order(Fault... next) {
    ordered.addAll(Arrays.asList(next));
  }

  /** Whether something ordered has not befallen a call yet. */
  synchronized boolean isOrdered() {
    return !ordered.isEmpty();
  }

  synchronized Optional<Fault> draw() {
    double drawn = chance.nextDouble();
    Fault first = ordered.poll();
    if (first != null) {
      return Optional.of(first);
    }
    for (Map.Entry<Fault, Double> each : rates.entrySet()) {
      drawn -= each.getValue();
      if (drawn < 0) {
        return Optional.of(each.getKey());
      }
    }
    return Optional.empty();
  }
}
