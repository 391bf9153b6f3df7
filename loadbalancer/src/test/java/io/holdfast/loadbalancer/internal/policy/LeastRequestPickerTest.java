package io.holdfast.loadbalancer.internal.policy;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.Snapshots;
import io.holdfast.loadbalancer.Ticker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LeastRequestPickerTest {

  private static LoadBalancer balancer(Snapshots snapshots) {
    return new LoadBalancer(
        snapshots, Policy.leastRequest(), Ticker.SYSTEM, RandomSource.seeded(42));
  }

  private static Map<String, Integer> idle(LoadBalancer balancer, int picks) {
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < picks; i++) {
      try (Pick pick = balancer.pick().orElseThrow()) {
        counts.merge(pick.instance().id(), 1, Integer::sum);
      }
    }
    return counts;
  }

  @Test
  void pick_twoInstances_alwaysTakesTheLessLoaded() {
    Snapshots snapshots = Snapshots.of(instance("a"), instance("b"));
    LoadBalancer balancer = balancer(snapshots);
    Pick onA = balancer.pick(Set.of("b")).orElseThrow();

    // The two choices are distinct, so b is always one of them.
    for (int i = 0; i < 1_000; i++) {
      try (Pick pick = balancer.pick().orElseThrow()) {
        assertThat(pick.instance().id()).isEqualTo("b");
      }
    }
    onA.close();
    assertThat(idle(balancer, 1_000)).containsKeys("a", "b");
  }

  @Test
  void pick_oneLoadedAmongMany_isNeverPreferredToAnIdleOne() {
    LoadBalancer balancer = balancer(Snapshots.of(Snapshots.instances(5)));
    Pick onFirst = balancer.pick(Set.of("i01", "i02", "i03", "i04")).orElseThrow();

    assertThat(idle(balancer, 5_000)).doesNotContainKey("i00").hasSize(4);
    onFirst.close();
  }

  @Test
  void pick_idleEqualWeights_isEven() {
    // 2,000 expected each, standard deviation 40.
    assertThat(idle(balancer(Snapshots.of(Snapshots.instances(5))), 10_000).values())
        .hasSize(5)
        .allSatisfy(count -> assertThat(count).isBetween(1_800, 2_200));
  }

  @Test
  void pick_idleUnequalWeights_isInProportionToWeight() {
    Map<String, Integer> counts =
        idle(
            balancer(
                Snapshots.of(
                    instance("a").withWeight(10),
                    instance("b").withWeight(30),
                    instance("c").withWeight(60))),
            10_000);

    assertThat(counts.get("a")).isBetween(850, 1_150);
    assertThat(counts.get("b")).isBetween(2_750, 3_250);
    assertThat(counts.get("c")).isBetween(5_700, 6_300);
  }

  @Test
  void pick_busyUnequalWeights_settlesWithActiveInProportionToWeight() {
    LoadBalancer balancer =
        balancer(Snapshots.of(instance("a").withWeight(100), instance("b").withWeight(300)));
    List<Pick> open = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      open.add(balancer.pick().orElseThrow());
    }

    assertThat(balancer.statistics().get(0).active()).isBetween(90, 110);
    assertThat(balancer.statistics().get(1).active()).isBetween(290, 310);
    open.forEach(Pick::close);
    assertThat(balancer.statistics()).allSatisfy(one -> assertThat(one.active()).isZero());
  }

  @Test
  void pick_oneInstanceTenTimesSlower_getsFarLessThanItsEvenShare() {
    LoadBalancer balancer = balancer(Snapshots.of(Snapshots.instances(4)));
    Map<String, Integer> counts = new TreeMap<>();
    Deque<Pick> fast = new ArrayDeque<>();
    Deque<Pick> slow = new ArrayDeque<>();
    for (int step = 0; step < 20_000; step++) {
      Pick pick = balancer.pick().orElseThrow();
      counts.merge(pick.instance().id(), 1, Integer::sum);
      (pick.instance().id().equals("i00") ? slow : fast).add(pick);
      if (fast.size() > 4) {
        fast.remove().success();
      }
      if (step % 40 == 0 && !slow.isEmpty()) {
        slow.remove().success();
      }
    }

    // It completes 500 in this time; whatever else it has waits in its queue.
    assertThat(counts.get("i00")).isLessThan(1_000);
    assertThat(counts.get("i01")).isGreaterThan(5_000);
  }

  @Test
  void aliasTable_manyWeights_drawsInProportion() {
    int[] weights = {1, 1000, 7, 500, 93, 399, 1, 1};
    int total = Arrays.stream(weights).sum();
    int draws = 1_000_000;
    AliasTable table = new AliasTable(weights);
    RandomSource dice = RandomSource.seeded(7);
    int[] counts = new int[weights.length];
    for (int i = 0; i < draws; i++) {
      counts[table.at(dice.bits())]++;
    }

    for (int i = 0; i < weights.length; i++) {
      double expected = (double) draws * weights[i] / total;
      assertThat((double) counts[i])
          .isBetween(expected - 6 * Math.sqrt(expected), expected + 6 * Math.sqrt(expected));
    }
  }
}
