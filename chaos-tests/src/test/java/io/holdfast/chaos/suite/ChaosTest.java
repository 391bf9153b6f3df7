package io.holdfast.chaos.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.Leg;
import io.holdfast.chaos.Plan;
import io.holdfast.chaos.fault.Clusters;
import io.holdfast.chaos.fault.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Faults against every workload on both stores: real servers, real client processes.
 *
 * <p>By itself a pairwise selection, and some faults on servers in containers where a Docker engine
 * answers; with {@code -Pchaos} the whole matrix. {@code -Dholdfast.seed=N}, several with commas
 * between, decides what clients do and whom faults hit; {@code -Dholdfast.cluster}, {@code
 * -Dholdfast.store} and {@code -Dholdfast.faults} narrow the choice, and so repeat one leg. What
 * clients noted is kept in {@code target/chaos}, for {@code holdfast chaos check}, with a report
 * beside it.
 *
 * <p>It runs two legs at a time, and no other test of this module beside them: what it judges are
 * times as well.
 */
@DisabledIfSystemProperty(
    named = SoakTest.MINUTES,
    matches = ".+",
    disabledReason = "a soak is asked for, which hurts the same in windows")
@Isolated("its bounds on time are those of two processors that do nothing else")
final class ChaosTest {

  private static final List<String> IN_CONTAINERS =
      List.of("kill-leader", "unplug-leader", "session-ended", "client-paused");

  @Test
  @Timeout(4 * 3_600)
  void faults_onEveryWorkloadAndStore_breakNoPromise() throws InterruptedException {
    Plan plan = plan();
    System.out.println(plan);
    Map<Leg, Throwable> wrong = LegRunner.run(plan.legs());
    assertThat(wrong).as(LegRunner.describe(wrong)).isEmpty();
  }

  private static Plan plan() {
    List<Long> seeds = seeds();
    List<String> providers = Clusters.providers();
    String faults = System.getProperty("holdfast.faults", "");
    Plan plan;
    if (!faults.isEmpty()) {
      plan = named(seeds, providers.get(0), List.of(faults.split(",", -1)));
    } else if (Boolean.getBoolean("holdfast.chaos.whole")) {
      plan = Plan.whole(seeds, providers);
    } else {
      plan = selection(seeds.get(0), providers);
    }
    String store = System.getProperty("holdfast.store", "").toUpperCase(Locale.ROOT);
    return new Plan(
        plan.legs().stream()
            .filter(leg -> store.isEmpty() || leg.store() == Store.valueOf(store))
            .toList());
  }

  static List<Long> seeds() {
    String given = System.getProperty("holdfast.seed", "");
    return given.isEmpty()
        ? List.of(1L)
        : Stream.of(given.split(",", -1)).map(Long::valueOf).toList();
  }

  private static Plan named(List<Long> seeds, String provider, List<String> faults) {
    return new Plan(
        seeds.stream()
            .flatMap(
                seed ->
                    Arrays.stream(Store.values())
                        .map(store -> new Leg(store, provider, seed, faults)))
            .toList());
  }

  private static Plan selection(long seed, List<String> providers) {
    if (providers.size() == 1) {
      return Plan.pairwise(seed, providers);
    }
    List<String> others = providers.stream().filter(each -> !each.equals(Clusters.DOCKER)).toList();
    List<Leg> legs = new ArrayList<>(Plan.pairwise(seed, others).legs());
    if (providers.contains(Clusters.DOCKER)) {
      for (Store store : Store.values()) {
        legs.add(new Leg(store, Clusters.DOCKER, seed, IN_CONTAINERS));
      }
    }
    return new Plan(legs);
  }
}
