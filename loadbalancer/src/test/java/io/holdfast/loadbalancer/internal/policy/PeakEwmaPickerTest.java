package io.holdfast.loadbalancer.internal.policy;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Picking;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.Snapshots;
import io.holdfast.loadbalancer.VirtualTime;
import io.holdfast.loadbalancer.internal.endpoint.LatencyCost;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PeakEwmaPickerTest {

  private static final Duration TAU = Duration.ofSeconds(10);

  private final VirtualTime time = new VirtualTime();

  private LoadBalancer balancer(Snapshots snapshots) {
    return new LoadBalancer(snapshots, Policy.peakEwma(), time, RandomSource.seeded(9));
  }

  private void answer(LoadBalancer balancer, String id, Duration latency) {
    Pick pick = balancer.where(one -> one.id().equals(id)).pick().orElseThrow();
    time.pass(latency);
    pick.success();
  }

  @Test
  void cost_latencyAbove_jumpsThere_andBelow_approachesByTau() {
    LatencyCost cost = new LatencyCost(TAU, 0);
    long second = Duration.ofSeconds(1).toNanos();

    cost.observe(1_000_000, second);
    cost.observe(5_000_000, second);
    assertThat(cost.at(second)).isCloseTo(5e6, within(1.0));

    cost.observe(1_000_000, 11 * second);
    assertThat(cost.at(11 * second)).isCloseTo(5e6 / Math.E + 1e6 * (1 - 1 / Math.E), within(1.0));
  }

  @Test
  void cost_nothingHeard_decaysByTau() {
    LatencyCost cost = new LatencyCost(TAU, -77);
    cost.observe(5_000_000, 0);

    assertThat(cost.at(TAU.toNanos())).isCloseTo(5e6 / Math.E, within(1.0));
  }

  @Test
  void score_twoCostsOfDifferentAge_areOrderedAsTheirDecayedCosts() {
    LatencyCost old = new LatencyCost(TAU, 0);
    LatencyCost young = new LatencyCost(TAU, 0);
    old.observe(100_000_000, 0);
    for (long second = 1; second < 60; second++) {
      long now = Duration.ofSeconds(second).toNanos();
      young.observe(10_000_000, now);
      assertThat(old.score() > young.score()).isEqualTo(old.at(now) > young.at(now));
    }
    // 100 ms decay to 10 ms in 23 s.
    assertThat(old.score()).isLessThan(young.score());
  }

  @Test
  void failure_thatIsQuick_countsAsSlow() {
    LatencyCost cost = new LatencyCost(TAU, 0);
    cost.observeFailure(1_000, 0);

    assertThat(cost.at(0)).isCloseTo((double) LatencyCost.FAILURE_NANOS, within(1e3));
  }

  @Test
  void pick_neverHeard_isTriedOnceAndThenLeftAlone() {
    LoadBalancer balancer = balancer(Snapshots.of(instance("a"), instance("b")));
    answer(balancer, "a", Duration.ofMillis(1));

    Pick onB = balancer.pick().orElseThrow();
    assertThat(onB.instance().id()).isEqualTo("b");
    assertThat(Picking.counts(balancer, 100)).containsOnlyKeys("a");
    onB.close();
  }

  @Test
  void pick_slowerOne_isUsedOnlyWhenTheOtherIsBusier() {
    LoadBalancer balancer = balancer(Snapshots.of(instance("a"), instance("b")));
    answer(balancer, "a", Duration.ofMillis(10));
    answer(balancer, "b", Duration.ofMillis(35));

    assertThat(Picking.counts(balancer, 100)).containsOnlyKeys("a");
    for (int i = 0; i < 3; i++) {
      assertThat(balancer.pick().orElseThrow().instance().id()).isEqualTo("a");
    }
    // 10 ms * (3 + 1) is more than 35 ms.
    assertThat(balancer.pick().orElseThrow().instance().id()).isEqualTo("b");
  }

  @Test
  void pick_equalCostUnequalWeights_favoursTheHeavier() {
    LoadBalancer balancer =
        balancer(
            Snapshots.of(
                instance("a").withWeight(100),
                instance("b").withWeight(200),
                instance("c").withWeight(300)));

    Map<String, Integer> counts = Picking.counts(balancer, 6_000);

    assertThat(counts.get("a")).isLessThan(counts.get("b"));
    assertThat(counts.get("b")).isLessThan(counts.get("c"));
    assertThat(balancer.pick(Set.of("a", "b"))).isPresent();
  }
}
