package io.holdfast.loadbalancer;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.internal.endpoint.SlowStartProgress;
import io.holdfast.registry.RegisteredInstance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class SlowStartTest {

  private static final Duration WINDOW = Duration.ofSeconds(100);

  private final VirtualTime time = new VirtualTime();
  private final Snapshots snapshots = Snapshots.of(instance("a"), instance("b"), instance("c"));

  private LoadBalancer balancer(Policy policy) {
    LoadBalancer balancer =
        new LoadBalancer(
            snapshots, policy.withSlowStart(SlowStart.of(WINDOW)), time, RandomSource.seeded(21));
    balancer.statistics();
    return balancer;
  }

  private static int picksOfD(LoadBalancer balancer) {
    return Picking.counts(balancer, 10_000).getOrDefault("d", 0);
  }

  @Test
  void firstSnapshot_anyAge_needsNoSlowStart() {
    assertThat(Picking.counts(balancer(Policy.random()), 9_000).values())
        .allSatisfy(count -> assertThat(count).isBetween(2_700, 3_300));
  }

  @Test
  void newcomer_asItAges_getsMoreAndMore() {
    for (Policy policy : List.of(Policy.random(), Policy.weighted(), Policy.roundRobin())) {
      snapshots.show(instance("a"), instance("b"), instance("c"));
      LoadBalancer balancer = balancer(policy);
      snapshots.show(instance("a"), instance("b"), instance("c"), instance("d"));

      // A tenth, a half and all of 2,500.
      assertThat(picksOfD(balancer)).isBetween(150, 350);
      time.pass(WINDOW.dividedBy(2));
      assertThat(picksOfD(balancer)).isBetween(1_050, 1_450);
      time.pass(WINDOW.dividedBy(2));
      assertThat(picksOfD(balancer)).isBetween(2_250, 2_750);
    }
  }

  @Test
  void sameIdInANewEpoch_isANewcomer() {
    LoadBalancer balancer = balancer(Policy.random());
    snapshots.show(
        List.of(
            new RegisteredInstance(instance("a"), new Revision(1)),
            new RegisteredInstance(instance("b"), new Revision(1)),
            new RegisteredInstance(instance("c"), new Revision(1)),
            new RegisteredInstance(instance("d"), new Revision(50))));
    balancer.statistics(); // from here on it knows of d
    time.pass(WINDOW);
    assertThat(picksOfD(balancer)).isBetween(2_250, 2_750);

    snapshots.show(
        List.of(
            new RegisteredInstance(instance("a"), new Revision(1)),
            new RegisteredInstance(instance("b"), new Revision(1)),
            new RegisteredInstance(instance("c"), new Revision(1)),
            new RegisteredInstance(instance("d"), new Revision(51))));

    assertThat(picksOfD(balancer)).isBetween(150, 350);
  }

  @Test
  void newcomerAlone_takesAll() {
    LoadBalancer balancer = balancer(Policy.random());
    snapshots.show(instance("d"));

    assertThat(Picking.counts(balancer, 100)).containsOnlyKeys("d");
  }

  @Test
  void keys_whileANewcomerWarms_moveToItOnceAndNeverBetweenTheOthers() {
    LoadBalancer balancer = balancer(Policy.ringHash());
    Map<Integer, String> owners = new TreeMap<>();
    for (int i = 0; i < 2_000; i++) {
      owners.put(i, Picking.owner(balancer, Affinity.of("k" + i)));
    }
    snapshots.show(instance("a"), instance("b"), instance("c"), instance("d"));
    int before = 0;
    for (int step = 0; step <= 10; step++) {
      int moved = 0;
      for (int i = 0; i < 2_000; i++) {
        String owner = Picking.owner(balancer, Affinity.of("k" + i));
        if (!owner.equals(owners.get(i))) {
          assertThat(owner).isEqualTo("d");
          moved++;
        } else {
          assertThat(owners.get(i)).isNotEqualTo("d");
        }
      }
      assertThat(moved).isGreaterThanOrEqualTo(before);
      before = moved;
      time.pass(WINDOW.dividedBy(10));
    }
    assertThat(before).isBetween(300, 700);
  }

  @Test
  void share_publishedFormula_isMet() {
    SlowStart rules = SlowStart.of(WINDOW);

    assertThat(SlowStartProgress.shareAfter(rules, 0)).isEqualTo(0.1);
    assertThat(SlowStartProgress.shareAfter(rules, WINDOW.toNanos() / 2))
        .isCloseTo(0.5, within(1e-9));
    assertThat(SlowStartProgress.shareAfter(rules.withAggression(2), WINDOW.toNanos() / 4))
        .isCloseTo(0.5, within(1e-9));
    assertThat(SlowStartProgress.shareAfter(rules, WINDOW.toNanos())).isEqualTo(1);
  }
}
