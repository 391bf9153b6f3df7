package io.holdfast.loadbalancer;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Policies that take another one: zones, subsets, stickiness. */
final class RefinementsTest {

  private static LoadBalancer balancer(Snapshots snapshots, Policy policy) {
    return new LoadBalancer(snapshots, policy, Ticker.SYSTEM, RandomSource.seeded(13));
  }

  private static ServiceInstance[] zones(int here, int there) {
    return Stream.concat(
            Stream.iterate(0, i -> i + 1).limit(here).map(i -> instance("h" + i).withZone("here")),
            Stream.iterate(0, i -> i + 1)
                .limit(there)
                .map(i -> instance("t" + i).withZone("there")))
        .toArray(ServiceInstance[]::new);
  }

  private static double localPart(Policy policy, ServiceInstance... instances) {
    Map<String, Integer> counts = Picking.counts(balancer(Snapshots.of(instances), policy), 10_000);
    return counts.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith("h"))
            .mapToInt(Map.Entry::getValue)
            .sum()
        / 10_000.0;
  }

  private static Policy zoneAware() {
    return Policy.zoneAware(ZoneAware.of("here"), Policy.roundRobin());
  }

  @Test
  void zoneAware_zonesAlike_staysAtHome() {
    assertThat(localPart(zoneAware(), zones(3, 3))).isEqualTo(1);
  }

  @Test
  void zoneAware_someOfTheZoneGone_staysWhileThereIsRoomToSpare() {
    // 1.4 * 3/7 is more than a half.
    assertThat(localPart(zoneAware(), zones(3, 4))).isEqualTo(1);
  }

  @Test
  void zoneAware_fewAtHome_spillsOver() {
    // 1.4 * 1/5 of all can stay, and a half of the callers is here.
    assertThat(localPart(zoneAware(), zones(1, 4))).isCloseTo(0.56, within(0.03));
  }

  @Test
  void zoneAware_knownShareOfCallers_isReckonedWith() {
    ZoneAware fewCallers = ZoneAware.of("here").withCallerShare(0.25);

    assertThat(localPart(Policy.zoneAware(fewCallers, Policy.random()), zones(1, 4))).isEqualTo(1);
  }

  @Test
  void zoneAware_nobodyAtHome_goesElsewhere() {
    assertThat(localPart(zoneAware(), zones(0, 3))).isZero();
    ServiceInstance[] draining = zones(1, 2);
    draining[0] = draining[0].withStatus(InstanceStatus.DRAINING);
    assertThat(localPart(zoneAware(), draining)).isZero();
  }

  @Test
  void zoneAware_homeTried_retriesElsewhere() {
    LoadBalancer balancer = balancer(Snapshots.of(zones(1, 1)), zoneAware());

    assertThat(balancer.pick(Set.of("h0")).orElseThrow().instance().id()).isEqualTo("t0");
  }

  @Test
  void zoneAware_keysThatSpillOver_areAlwaysTheSame() {
    LoadBalancer balancer =
        balancer(
            Snapshots.of(zones(1, 4)), Policy.zoneAware(ZoneAware.of("here"), Policy.maglev()));
    Set<String> owners = new TreeSet<>();
    for (int i = 0; i < 500; i++) {
      Affinity affinity = Affinity.of("k" + i);
      String owner = Picking.owner(balancer, affinity);
      owners.add(owner);
      assertThat(Picking.owner(balancer, affinity)).isEqualTo(owner);
    }
    assertThat(owners).containsExactly("h0", "t0", "t1", "t2", "t3");
  }

  @Test
  void subset_oneClient_hasItsFewAndKeepsThem() {
    ServiceInstance[] all = Snapshots.instances(50);
    Snapshots snapshots = Snapshots.of(all);
    LoadBalancer balancer = balancer(snapshots, Policy.subset("client-1", 5, Policy.roundRobin()));
    Set<String> before = Picking.counts(balancer, 50).keySet();
    assertThat(before).hasSize(5);
    String leaver = before.iterator().next();
    snapshots.show(
        Arrays.stream(all)
            .map(one -> one.id().equals(leaver) ? one.withStatus(InstanceStatus.DOWN) : one)
            .toArray(ServiceInstance[]::new));

    Set<String> after = Picking.counts(balancer, 50).keySet();

    Set<String> kept = new HashSet<>(before);
    kept.remove(leaver);
    assertThat(after).hasSize(5).doesNotContain(leaver).containsAll(kept);
  }

  @Test
  void subset_manyClients_shareTheInstancesOut() {
    Snapshots snapshots = Snapshots.of(Snapshots.instances(50));
    Map<String, Integer> clients = new TreeMap<>();
    for (int client = 0; client < 1_000; client++) {
      Policy policy = Policy.subset("client-" + client, 5, Policy.roundRobin());
      Picking.counts(balancer(snapshots, policy), 5)
          .keySet()
          .forEach(id -> clients.merge(id, 1, Integer::sum));
    }

    // 100 expected, standard deviation 9.5.
    assertThat(clients.values())
        .hasSize(50)
        .allSatisfy(count -> assertThat(count).isBetween(55, 145));
  }

  @Test
  void sticky_instanceJoins_noKeyMoves() {
    Snapshots snapshots = Snapshots.of(instance("a"), instance("b"));
    LoadBalancer balancer = balancer(snapshots, Policy.sticky(100, Policy.random()));
    Map<Integer, String> before = new TreeMap<>();
    for (int i = 0; i < 50; i++) {
      before.put(i, Picking.owner(balancer, Affinity.of("k" + i)));
    }
    snapshots.show(instance("a"), instance("b"), instance("c"));

    before.forEach(
        (i, owner) -> assertThat(Picking.owner(balancer, Affinity.of("k" + i))).isEqualTo(owner));
    assertThat(before.values()).contains("a", "b");
  }

  @Test
  void sticky_instanceGone_itsKeysAreGivenAwayForGood() {
    Snapshots snapshots = Snapshots.of(instance("a"), instance("b"));
    LoadBalancer balancer = balancer(snapshots, Policy.sticky(100, Policy.random()));
    Affinity affinity = Affinity.of("k");
    String first = Picking.owner(balancer, affinity);
    String other = first.equals("a") ? "b" : "a";
    snapshots.show(instance(other));
    assertThat(Picking.owner(balancer, affinity)).isEqualTo(other);

    snapshots.show(instance("a"), instance("b"));

    assertThat(Picking.owner(balancer, affinity)).isEqualTo(other);
  }

  @Test
  void sticky_newIncarnation_isAnotherInstance() {
    Snapshots snapshots = Snapshots.of(instance("a"));
    LoadBalancer balancer = balancer(snapshots, Policy.sticky(100, Policy.random()));
    Affinity affinity = Affinity.of("k");
    assertThat(Picking.owner(balancer, affinity)).isEqualTo("a");

    snapshots.show(List.of(new RegisteredInstance(instance("a"), new Revision(9))));

    assertThat(balancer.explain(affinity, Set.of()).candidates().get(0).reason())
        .startsWith("key is free");
    assertThat(Picking.owner(balancer, affinity)).isEqualTo("a");
    assertThat(balancer.explain(affinity, Set.of()).candidates().get(0).reason())
        .startsWith("key sticks here");
  }

  @Test
  void sticky_excludedOnce_staysAllTheSame() {
    LoadBalancer balancer =
        balancer(Snapshots.of(instance("a"), instance("b")), Policy.sticky(100, Policy.random()));
    Affinity affinity = Affinity.of("k");
    String owner = Picking.owner(balancer, affinity);

    Pick other = balancer.pick(affinity, Set.of(owner)).orElseThrow();

    assertThat(other.instance().id()).isNotEqualTo(owner);
    assertThat(Picking.owner(balancer, affinity)).isEqualTo(owner);
  }

  @Test
  void sticky_moreKeysThanRoom_stillPicks() {
    LoadBalancer balancer =
        balancer(Snapshots.of(instance("a"), instance("b")), Policy.sticky(4, Policy.random()));
    for (int i = 0; i < 1_000; i++) {
      assertThat(Picking.owner(balancer, Affinity.of("k" + i))).isIn("a", "b");
    }
  }
}
