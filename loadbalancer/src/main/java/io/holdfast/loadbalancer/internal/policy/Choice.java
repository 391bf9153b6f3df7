package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What pickers have in common. */
final class Choice {

  private Choice() {}

  static TrackedEndpoint[] array(List<TrackedEndpoint> endpoints) {
    return endpoints.toArray(TrackedEndpoint[]::new);
  }

  static boolean allowed(TrackedEndpoint endpoint, Set<String> exclude) {
    return exclude.isEmpty() || !exclude.contains(endpoint.id());
  }

  /**
   * The first from {@code start} on that is not excluded, once around; null if all are excluded.
   */
  static @Nullable TrackedEndpoint probe(
      TrackedEndpoint[] endpoints, int start, Set<String> exclude) {
    for (int step = 0; step < endpoints.length; step++) {
      TrackedEndpoint candidate = endpoints[(start + step) % endpoints.length];
      if (allowed(candidate, exclude)) {
        return candidate;
      }
    }
    return null;
  }

  /**
   * {@code two} if {@code sign} is negative, else {@code one}; without a branch. Which of two
   * random candidates is the better one is the toss of a coin, and a processor that bets on it is
   * wrong half the time, at the price of a whole pick.
   */
  static int either(int one, int two, long sign) {
    return one ^ ((one ^ two) & (int) (sign >> (Long.SIZE - 1)));
  }

  /** One of {@code size} indexes but {@code taken}, by a number from 0 to {@code size - 2}. */
  static int other(int taken, int number) {
    return number + 1 + ((number - taken) >> (Integer.SIZE - 1));
  }

  /** A table of their weights; null if these are equal, and an even draw does. */
  static @Nullable AliasTable weights(TrackedEndpoint[] endpoints) {
    int[] weights = new int[endpoints.length];
    boolean equal = true;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = endpoints[i].weight();
      equal &= weights[i] == weights[0];
    }
    return equal ? null : new AliasTable(weights);
  }

  /** An index in proportion to weight. */
  static int draw(@Nullable AliasTable weights, int size, long bits) {
    return weights == null ? RandomSource.high(bits, size) : weights.at(bits);
  }
}
