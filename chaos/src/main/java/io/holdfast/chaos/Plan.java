package io.holdfast.chaos;

import io.holdfast.chaos.fault.Capability;
import io.holdfast.chaos.fault.Clusters;
import io.holdfast.chaos.fault.Fault;
import io.holdfast.chaos.fault.FaultCatalog;
import io.holdfast.chaos.fault.Store;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Which faults meet which cluster. A cell is a fault, a workload, a store and a provider; as all
 * workloads are at work at once, each fault of a leg is as many cells as there are workloads. The
 * same seed gives the same plan, on a machine with the same providers.
 *
 * @param legs in the order in which they are to be
 */
public record Plan(List<Leg> legs) {

  /** Sees to it that in every leg a hold outlives its session: else the fence proves nothing. */
  private static final String ALWAYS = "client-paused";

  public Plan {
    legs = List.copyOf(legs);
  }

  /**
   * A selection in which any two of fault, workload, store and provider meet, where they can: every
   * fault on each store, with the providers in turn.
   */
  public static Plan pairwise(long seed, List<String> providers) {
    return pairwise(seed, providers, Clusters::capabilities);
  }

  static Plan pairwise(
      long seed, List<String> providers, BiFunction<String, Store, Set<Capability>> capabilities) {
    Map<Leg, List<String>> chosen = new LinkedHashMap<>();
    int turn = new Random(seed).nextInt(providers.size());
    for (Fault fault : FaultCatalog.all()) {
      for (Store store : Store.values()) {
        List<String> able =
            providers.stream()
                .filter(each -> capabilities.apply(each, store).containsAll(fault.needs()))
                .toList();
        List<String> among = able.isEmpty() ? providers : able;
        String provider = among.get(turn++ % among.size());
        chosen
            .computeIfAbsent(new Leg(store, provider, seed, List.of()), leg -> new ArrayList<>())
            .add(fault.name());
      }
      turn++;
    }
    List<Leg> legs = new ArrayList<>();
    chosen.forEach(
        (leg, faults) ->
            legs.add(new Leg(leg.store(), leg.provider(), seed, shuffled(faults, seed))));
    return new Plan(legs);
  }

  /** Every fault on each store, on each provider, once for each seed. */
  public static Plan whole(List<Long> seeds, List<String> providers) {
    List<String> all = FaultCatalog.all().stream().map(Fault::name).toList();
    List<Leg> legs = new ArrayList<>();
    for (long seed : seeds) {
      for (String provider : providers) {
        for (Store store : Store.values()) {
          legs.add(new Leg(store, provider, seed, shuffled(all, seed)));
        }
      }
    }
    return new Plan(legs);
  }

  private static List<String> shuffled(List<String> faults, long seed) {
    List<String> shuffled = new ArrayList<>(faults);
    if (!shuffled.contains(ALWAYS)) {
      shuffled.add(ALWAYS);
    }
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }

  /** For people: each leg with the options that repeat it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    legs.forEach(
        leg ->
            text.append(
                "%-28s %2d faults; again: %s%n"
                    .formatted(leg.name(), leg.faults().size(), leg.replay())));
    return text.toString();
  }
}
