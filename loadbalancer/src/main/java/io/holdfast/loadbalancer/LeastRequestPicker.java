package io.holdfast.loadbalancer;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The less loaded of two distinct endpoints (Mitzenmacher's power of two choices).
 *
 * <p>The first candidate is drawn in proportion to weight, the second evenly among the others, and
 * the one with fewer active requests for its weight is taken; on a tie the first. So an idle
 * service is used exactly in proportion to weight, and a loaded one settles where active requests
 * are in proportion to weight. Comparing {@code weight / (active + 1)} instead would, while the
 * service is idle, never give anything to the lighter of two.
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
      return isLighter(other, one) ? other : one;
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

  /** Compares active / weight, without dividing. */
  private static boolean isLighter(Endpoint a, Endpoint b) {
    return (long) a.load().active() * b.weight() < (long) b.load().active() * a.weight();
  }
}
