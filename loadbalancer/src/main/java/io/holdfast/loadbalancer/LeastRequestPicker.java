package io.holdfast.loadbalancer;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The less loaded of two distinct endpoints (Mitzenmacher's power of two choices).
 *
 * <p>The first candidate is drawn in proportion to weight, the second evenly among the others. The
 * second is taken if it would, with this request, carry no more for its weight than the first does
 * without it: {@code (active + 1) / weight <= active / weight}. Among equal weights that is "has
 * fewer active requests". With unequal ones an idle service is used exactly in proportion to
 * weight, and a busy one settles where active requests are in proportion to weight. Taking the
 * better {@code weight / (active + 1)} of the two instead gives the lighter one nothing at all
 * while the service is idle; taking the lesser {@code active / weight} gives a light one a request
 * whenever it has none.
 */
final class LeastRequestPicker implements Picker {

  private final Endpoint[] endpoints;
  private final @Nullable AliasTable weighted;
  private final Dice dice;

  LeastRequestPicker(List<Endpoint> endpoints, Dice dice) {
    this.endpoints = endpoints.toArray(Endpoint[]::new);
    this.dice = dice;
    int[] weights = endpoints.stream().mapToInt(Endpoint::weight).toArray();
    boolean equal = endpoints.stream().mapToInt(Endpoint::weight).distinct().count() <= 1;
    this.weighted = equal ? null : new AliasTable(weights);
  }

  @Override
  public @Nullable Endpoint pick(Set<String> exclude) {
    if (endpoints.length == 0) {
      return null;
    }
    int first = weighted == null ? dice.below(endpoints.length) : weighted.draw(dice);
    if (endpoints.length == 1) {
      return allowed(endpoints[0], exclude) ? endpoints[0] : null;
    }
    int second = dice.below(endpoints.length - 1);
    Endpoint one = endpoints[first];
    Endpoint other = endpoints[second < first ? second : second + 1];
    boolean oneAllowed = allowed(one, exclude);
    if (oneAllowed && allowed(other, exclude)) {
      return isBetter(other, one) ? other : one;
    }
    if (oneAllowed) {
      return one;
    }
    return allowed(other, exclude)
        ? other
        : Probe.from(endpoints, dice.below(endpoints.length), exclude);
  }

  private static boolean allowed(Endpoint endpoint, Set<String> exclude) {
    return exclude.isEmpty() || !exclude.contains(endpoint.id());
  }

  private static boolean isBetter(Endpoint second, Endpoint first) {
    long secondWithIt = second.load().active() + 1L;
    long firstWithout = first.load().active();
    return secondWithIt * first.weight() <= firstWithout * second.weight();
  }
}
