package io.holdfast.loadbalancer.internal.policy;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Picking;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.Snapshots;
import io.holdfast.loadbalancer.Ticker;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RandomPickerTest {

  private static LoadBalancer balancer(Policy policy) {
    return new LoadBalancer(
        Snapshots.of(
            instance("a").withWeight(10),
            instance("b").withWeight(30),
            instance("c").withWeight(60),
            instance("z").withWeight(0)),
        policy,
        Ticker.SYSTEM,
        RandomSource.seeded(5));
  }

  @Test
  void weighted_manyPicks_areInProportion() {
    Map<String, Integer> counts = Picking.counts(balancer(Policy.weighted()), 10_000);

    assertThat(counts).containsOnlyKeys("a", "b", "c");
    assertThat(counts.get("a")).isBetween(850, 1_150);
    assertThat(counts.get("b")).isBetween(2_750, 3_250);
    assertThat(counts.get("c")).isBetween(5_700, 6_300);
  }

  @Test
  void weighted_oneExcluded_othersStayInProportion() {
    LoadBalancer balancer = balancer(Policy.weighted());

    Map<String, Integer> counts =
        Picking.counts(10_000, () -> balancer.pick(Set.of("c")).orElseThrow());

    assertThat(counts).containsOnlyKeys("a", "b");
    assertThat(counts.get("a")).isBetween(2_250, 2_750);
  }

  @Test
  void random_unequalWeights_isEvenAllTheSame() {
    assertThat(Picking.counts(balancer(Policy.random()), 9_000).values())
        .hasSize(3)
        .allSatisfy(count -> assertThat(count).isBetween(2_750, 3_250));
  }

  @Test
  void dice_twoFromOneDraw_areIndependentAndInRange() {
    RandomSource dice = RandomSource.seeded(3);
    int[] cells = new int[100];
    for (int i = 0; i < 100_000; i++) {
      long bits = dice.bits();
      cells[10 * RandomSource.high(bits, 10) + RandomSource.low(bits, 10)]++;
    }

    // 1,000 expected in each, standard deviation 32.
    assertThat(cells).hasSize(100).doesNotContain(0);
    for (int cell : cells) {
      assertThat(cell).isBetween(800, 1_200);
    }
  }
}
