package io.holdfast.loadbalancer;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.holdfast.loadbalancer.internal.policy.ZoneShares;
import io.holdfast.registry.ServiceInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What zones get when every caller goes by the same rules. */
final class ZoneAwareTest {

  private static final double ROUNDING = 1e-9;
  private static final int HISTORIES = 20_000;

  /** The load of each zone, as a multiple of its part by weight, the callers being in all alike. */
  private static Map<String, Double> loads(Map<String, Long> weights, double overprovisioning) {
    double all = weights.values().stream().mapToLong(Long::longValue).sum();
    Map<String, Double> loads = new TreeMap<>();
    for (String caller : weights.keySet()) {
      ZoneAware rules = ZoneAware.of(caller).withOverprovisioning(overprovisioning);
      ZoneShares.shares(rules, weights)
          .forEach(
              (zone, share) ->
                  loads.merge(
                      zone,
                      share * all / weights.size() / weights.getOrDefault(zone, 0L),
                      Double::sum));
    }
    return loads;
  }

  private static Map<String, Long> zones(long... weights) {
    Map<String, Long> zones = new TreeMap<>();
    for (int i = 0; i < weights.length; i++) {
      zones.put("z" + i, weights[i]);
    }
    return zones;
  }

  @Test
  void shares_smallZonesBesideALargeOne_getNoMoreThanTheBound() {
    assertThat(loads(zones(1, 1, 8), 1.4).values()).allMatch(load -> load <= 1.4 + ROUNDING);
    assertThat(loads(zones(1, 1, 1, 1, 1, 1, 1, 1, 1, 91), 1.4).values())
        .allMatch(load -> load <= 1.4 + ROUNDING);
  }

  @Test
  void shares_anyZones_areAWholeAndOverloadNobody() {
    Random random = new Random(28);
    for (int i = 0; i < HISTORIES; i++) {
      long[] weights = random.longs(1 + random.nextInt(9), 1, 2 + random.nextInt(10_000)).toArray();
      double overprovisioning = random.nextBoolean() ? 1.4 : 1 + random.nextDouble();
      Map<String, Long> zones = zones(weights);

      for (String caller : zones.keySet()) {
        Map<String, Double> shares = ZoneShares.shares(ZoneAware.of(caller), zones);
        assertThat(shares.values()).allMatch(share -> share >= 0);
        assertThat(shares.values().stream().mapToDouble(Double::doubleValue).sum())
            .isCloseTo(1, within(ROUNDING));
      }
      assertThat(loads(zones, overprovisioning).values())
          .as("%s, %s", zones, overprovisioning)
          .allMatch(load -> load <= overprovisioning + ROUNDING);
    }
  }

  /** A known share of the callers, the rest being spread evenly; each zone's own callers know. */
  @Test
  void shares_oneZoneHasMostCallers_overloadNobody() {
    Random random = new Random(29);
    for (int i = 0; i < HISTORIES; i++) {
      Map<String, Long> zones = zones(random.longs(2 + random.nextInt(6), 1, 1_000).toArray());
      double crowded = 0.01 + 0.98 * random.nextDouble();
      Map<String, Double> shares =
          ZoneShares.shares(ZoneAware.of("z0").withCallerShare(crowded), zones);
      double all = zones.values().stream().mapToLong(Long::longValue).sum();

      assertThat(crowded * shares.getOrDefault("z0", 0.0))
          .isLessThanOrEqualTo(1.4 * zones.getOrDefault("z0", 0L) / all + ROUNDING);
      assertThat(shares.values().stream().mapToDouble(Double::doubleValue).sum())
          .isCloseTo(1, within(ROUNDING));
    }
  }

  @Test
  void pick_smallZonesBesideALargeOne_spillsWhereThereIsRoom() {
    List<ServiceInstance> instances = new ArrayList<>();
    instances.add(instance("a").withZone("a"));
    instances.add(instance("b").withZone("b"));
    for (int i = 0; i < 8; i++) {
      instances.add(instance("c" + i).withZone("c"));
    }
    LoadBalancer balancer =
        new LoadBalancer(
            Snapshots.of(instances.toArray(ServiceInstance[]::new)),
            Policy.zoneAware(ZoneAware.of("a"), Policy.leastRequest()),
            Ticker.SYSTEM,
            RandomSource.seeded(3));

    Map<String, Integer> counts = Picking.counts(balancer, 10_000);

    // 1.4 * 1/10 of all may stay, a third of the callers is here; the other small zone is full.
    assertThat(counts.get("a")).isBetween(4_000, 4_400);
    assertThat(counts).doesNotContainKey("b").hasSize(9);
  }

  @Test
  void pick_zonesWithRoomTried_goesToOneWithout() {
    LoadBalancer balancer =
        new LoadBalancer(
            Snapshots.of(
                instance("a").withZone("a"),
                instance("b").withZone("b"),
                instance("c").withZone("c").withWeight(800)),
            Policy.zoneAware(ZoneAware.of("a"), Policy.roundRobin()));

    assertThat(balancer.pick(Set.of("a", "c")).orElseThrow().instance().id()).isEqualTo("b");
    assertThat(balancer.pick(Set.of("a", "b", "c"))).isEmpty();
  }
}
