package io.holdfast.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.fault.Ability;
import io.holdfast.testkit.fault.Fault;
import io.holdfast.testkit.fault.Faults;
import io.holdfast.testkit.fault.Store;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlanTest {

  private static final List<String> PROVIDERS = List.of("netns", "processes");

  private static Plan pairwise(long seed) {
    return Plan.pairwise(seed, PROVIDERS, PlanTest::abilities);
  }

  /** Only one of them cuts servers off from each other. */
  private static Set<Ability> abilities(String provider, Store store) {
    return provider.equals("netns")
        ? EnumSet.allOf(Ability.class)
        : EnumSet.complementOf(EnumSet.of(Ability.CUT_SERVERS));
  }

  private static List<String> providersOf(Plan plan, Fault fault, Store store) {
    return plan.legs().stream()
        .filter(leg -> leg.store() == store && leg.faults().contains(fault.name()))
        .map(Leg::provider)
        .toList();
  }

  @Test
  void pairwise_everyFault_meetsEveryStoreWhereItCanBe() {
    for (long seed = 0; seed < 20; seed++) {
      Plan plan = pairwise(seed);
      for (Fault fault : Faults.all()) {
        for (Store store : Store.values()) {
          List<String> providers = providersOf(plan, fault, store);
          assertThat(providers).as("%s on %s", fault, store).isNotEmpty();
          if (fault.needs().contains(Ability.CUT_SERVERS)) {
            assertThat(providers).contains("netns");
          }
        }
      }
    }
  }

  @Test
  void pairwise_faultThatBothCanDo_meetsBothProviders() {
    Plan plan = pairwise(1);
    for (Fault fault : Faults.all()) {
      if (!fault.needs().contains(Ability.CUT_SERVERS)) {
        Set<String> met = new HashSet<>();
        for (Store store : Store.values()) {
          met.addAll(providersOf(plan, fault, store));
        }
        assertThat(met).as("%s", fault).containsExactlyInAnyOrderElementsOf(PROVIDERS);
      }
    }
  }

  @Test
  void pairwise_sameSeed_isTheSame() {
    assertThat(pairwise(7)).isEqualTo(pairwise(7)).isNotEqualTo(pairwise(8));
  }

  @Test
  void whole_everyLeg_hasEveryFault() {
    Plan plan = Plan.whole(List.of(1L, 2L, 3L), PROVIDERS);

    assertThat(plan.legs()).hasSize(3 * PROVIDERS.size() * Store.values().length);
    assertThat(plan.legs()).allSatisfy(leg -> assertThat(leg.faults()).hasSameSizeAs(Faults.all()));
  }

  @Test
  void toString_everyLeg_saysHowToRepeatIt() {
    Plan plan = pairwise(3);

    assertThat(plan.toString()).contains("-Dholdfast.seed=3");
    plan.legs().forEach(leg -> assertThat(plan.toString()).contains(leg.replay()));
  }
}
