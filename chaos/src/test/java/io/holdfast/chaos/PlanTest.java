package io.holdfast.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.fault.Capability;
import io.holdfast.chaos.fault.Fault;
import io.holdfast.chaos.fault.FaultCatalog;
import io.holdfast.chaos.fault.Store;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlanTest {

  private static final List<String> PROVIDERS = List.of("netns", "processes");

  private static Plan pairwise(long seed) {
    return Plan.pairwise(seed, PROVIDERS, PlanTest::capabilities);
  }

  /** Only one of them cuts servers off from each other. */
  private static Set<Capability> capabilities(String provider, Store store) {
    return provider.equals("netns")
        ? EnumSet.allOf(Capability.class)
        : EnumSet.complementOf(EnumSet.of(Capability.CUT_SERVERS));
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
      for (Fault fault : FaultCatalog.all()) {
        for (Store store : Store.values()) {
          List<String> providers = providersOf(plan, fault, store);
          assertThat(providers).as("%s on %s", fault, store).isNotEmpty();
          if (fault.needs().contains(Capability.CUT_SERVERS)) {
            assertThat(providers).contains("netns");
          }
        }
      }
    }
  }

  @Test
  void pairwise_faultThatBothCanDo_meetsBothProviders() {
    Plan plan = pairwise(1);
    for (Fault fault : FaultCatalog.all()) {
      if (!fault.needs().contains(Capability.CUT_SERVERS)) {
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
    assertThat(plan.legs())
        .allSatisfy(leg -> assertThat(leg.faults()).hasSameSizeAs(FaultCatalog.all()));
  }

  @Test
  void toString_everyLeg_saysHowToRepeatIt() {
    Plan plan = pairwise(3);

    assertThat(plan.toString()).contains("-Dholdfast.seed=3");
    plan.legs().forEach(leg -> assertThat(plan.toString()).contains(leg.replay()));
  }
}
