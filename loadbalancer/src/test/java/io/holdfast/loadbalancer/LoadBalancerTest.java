package io.holdfast.loadbalancer;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds under every policy. */
final class LoadBalancerTest {

  private static final int PICKS = 200;

  static List<Policy> policies() {
    return List.of(
        Policy.roundRobin(),
        Policy.random(),
        Policy.weighted(),
        Policy.leastRequest(),
        Policy.peakEwma(),
        Policy.maglev(),
        Policy.ringHash(),
        Policy.boundedMaglev(1.25),
        Policy.boundedRingHash(1.25),
        Policy.zoneAware(ZoneAware.of("here"), Policy.leastRequest()),
        Policy.subset("client", 10, Policy.random()),
        Policy.sticky(100, Policy.roundRobin()),
        Policy.peakEwma()
            .withOutlierDetection(OutlierDetection.standard())
            .withSlowStart(SlowStart.of(Duration.ofMinutes(1))));
  }

  private static Set<String> picked(LoadBalancer balancer, Set<String> exclude) {
    Set<String> ids = new TreeSet<>();
    for (int i = 0; i < PICKS; i++) {
      balancer
          .pick(exclude)
          .ifPresent(
              pick -> {
                ids.add(pick.instance().id());
                pick.close(); // a success would tell a latency, and some policies go by that
              });
    }
    return ids;
  }

  private static Set<String> picked(LoadBalancer balancer) {
    return picked(balancer, Set.of());
  }

  private static EndpointStatistics statistics(LoadBalancer balancer, String id) {
    return balancer.statistics().stream()
        .filter(one -> one.instance().id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ended_failuresAndTheFirstSuccessAfter_areTestifiedTo() {
    List<String> told = new ArrayList<>();
    LoadBalancer balancer =
        new LoadBalancer(
            Snapshots.of(instance("a")),
            Policy.roundRobin(),
            (registered, seen) -> told.add(registered.id() + " " + seen));

    balancer.pick().orElseThrow().success();
    balancer.pick().orElseThrow().failure();
    balancer.pick().orElseThrow().failure();
    balancer.pick().orElseThrow().close();
    balancer.pick().orElseThrow().success();
    balancer.pick().orElseThrow().success();

    assertThat(told).containsExactly("a FAILED", "a FAILED", "a ANSWERED");
  }

  /** A cluster that was built anew counts from the beginning. */
  @Test
  void feedback_revisionsBelowThoseOfTheDisk_isKeptAndEjectsNewcomers() {
    Snapshots snapshots = Snapshots.of(instance("a"));
    snapshots.showFromDisk(1_000, instance("a"));
    LoadBalancer balancer =
        new LoadBalancer(
            snapshots, Policy.roundRobin().withOutlierDetection(OutlierDetection.standard()));
    balancer.pick().orElseThrow().success();

    snapshots.show(instance("a"), instance("b"), instance("c"));
    balancer.pick(Set.of("b", "c")).orElseThrow().success();
    for (int i = 0; i < 5; i++) {
      balancer.pick(Set.of("a", "c")).orElseThrow().failure();
    }
    snapshots.show(instance("a"), instance("b"), instance("c"));

    assertThat(statistics(balancer, "a").successes()).isEqualTo(2);
    assertThat(statistics(balancer, "b").ejected()).isPresent();
    assertThat(picked(balancer)).containsExactly("a", "c");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void pick_noInstances_isEmpty(Policy policy) {
    assertThat(new LoadBalancer(Snapshots.of(), policy).pick()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void pick_oneInstance_isThatOne(Policy policy) {
    LoadBalancer balancer = new LoadBalancer(Snapshots.of(instance("a")), policy);

    assertThat(picked(balancer)).containsExactly("a");
    assertThat(balancer.pick(Set.of("a"))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void pick_everyStatusAndWeight_takesOnlyThoseUpWithWeight(Policy policy) {
    List<ServiceInstance> instances = new ArrayList<>();
    for (InstanceStatus status : InstanceStatus.values()) {
      instances.add(instance(status.name()).withStatus(status));
    }
    instances.add(instance("weightless").withWeight(0));
    instances.add(instance("light").withWeight(50));
    Snapshots snapshots = Snapshots.of(instances.toArray(ServiceInstance[]::new));

    assertThat(picked(new LoadBalancer(snapshots, policy))).containsExactly("UP", "light");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void pick_changeOfTheService_isSeenByTheNextPick(Policy policy) {
    Snapshots snapshots = Snapshots.of(instance("a"), instance("b"));
    LoadBalancer balancer = new LoadBalancer(snapshots, policy);
    assertThat(picked(balancer)).containsExactly("a", "b");

    snapshots.show(instance("a").withStatus(InstanceStatus.DRAINING), instance("c"));

    assertThat(picked(balancer)).containsExactly("c");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void pick_excluded_takesOthersOnlyAndAllOfThem(Policy policy) {
    LoadBalancer balancer = new LoadBalancer(Snapshots.of(Snapshots.instances(5)), policy);

    assertThat(picked(balancer, Set.of("i01", "i03"))).containsExactly("i00", "i02", "i04");
    assertThat(picked(balancer, Set.of("i00", "i01", "i02", "i03"))).containsExactly("i04");
    assertThat(picked(balancer, Set.of("i00", "i01", "i02", "i03", "i04"))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void where_ownerOfAShard_takesOnlyIt(Policy policy) {
    Snapshots snapshots =
        Snapshots.of(
            instance("a").withMetadata("shards", "1,2"), instance("b").withMetadata("shards", "3"));
    LoadBalancer all = new LoadBalancer(snapshots, policy);
    LoadBalancer third =
        all.where(i -> List.of(i.metadata("shards").orElse("").split(",")).contains("3"));

    assertThat(picked(third)).containsExactly("b");
    snapshots.show(instance("a").withMetadata("shards", "1,2,3"), instance("b"));
    assertThat(picked(third)).containsExactly("a");
    assertThat(picked(third.where(i -> i.id().equals("b")))).isEmpty();
    assertThat(picked(all)).containsExactly("a", "b");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void preferring_ownerOfAShard_takesItFirst_andOthersWithoutIt(Policy policy) {
    Snapshots snapshots = Snapshots.of(instance("a").withMetadata("shards", "3"), instance("b"));
    LoadBalancer all = new LoadBalancer(snapshots, policy);
    LoadBalancer third = all.preferring(i -> i.metadata("shards").equals(Optional.of("3")));

    assertThat(picked(third)).containsExactly("a");
    assertThat(picked(third, Set.of("a"))).containsExactly("b");
    assertThat(picked(third.where(i -> i.id().equals("b")))).containsExactly("b");
    snapshots.show(
        instance("a").withMetadata("shards", "3").withStatus(InstanceStatus.DRAINING),
        instance("b"));
    assertThat(picked(third)).containsExactly("b");
    snapshots.show(instance("a"), instance("b").withMetadata("shards", "3"));
    assertThat(picked(third)).containsExactly("b");
    snapshots.show(instance("a"), instance("b"));
    assertThat(picked(third)).containsExactly("a", "b");
    assertThat(picked(all)).containsExactly("a", "b");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void statistics_pickOfASubset_countsForAll(Policy policy) {
    LoadBalancer all = new LoadBalancer(Snapshots.of(instance("a"), instance("b")), policy);
    LoadBalancer onlyB = all.where(i -> i.id().equals("b"));

    Pick pick = onlyB.pick().orElseThrow();

    assertThat(statistics(all, "b").active()).isEqualTo(1);
    assertThat(statistics(all, "a").active()).isZero();
    pick.close();
    assertThat(statistics(all, "b").active()).isZero();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void statistics_survivorOfAChange_areKept(Policy policy) {
    Snapshots snapshots = Snapshots.of(instance("a"));
    LoadBalancer balancer = new LoadBalancer(snapshots, policy);
    Pick open = balancer.pick().orElseThrow();
    balancer.pick().orElseThrow().success();
    balancer.pick().orElseThrow().failure();

    snapshots.show(instance("a").withWeight(7), instance("b"));

    EndpointStatistics a = statistics(balancer, "a");
    assertThat(a.instance().weight()).isEqualTo(7);
    assertThat(a.active()).isEqualTo(1);
    assertThat(a.successes()).isEqualTo(1);
    assertThat(a.failures()).isEqualTo(1);
    assertThat(a.meanLatency()).isPositive();
    open.success();
    assertThat(statistics(balancer, "a").active()).isZero();
    assertThat(statistics(balancer, "a").successes()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void statistics_sameIdInANewEpoch_startAgain(Policy policy) {
    Snapshots snapshots = Snapshots.of(instance("a"));
    LoadBalancer balancer = new LoadBalancer(snapshots, policy);
    Pick open = balancer.pick().orElseThrow();

    snapshots.show(List.of(new RegisteredInstance(instance("a"), new Revision(99))));
    Pick later = balancer.pick().orElseThrow();

    assertThat(later.epoch()).isEqualTo(new Revision(99));
    assertThat(statistics(balancer, "a").active()).isEqualTo(1);
    open.failure();
    assertThat(statistics(balancer, "a").active()).isEqualTo(1);
    assertThat(statistics(balancer, "a").failures()).isZero();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void outcome_toldTwice_countsOnce(Policy policy) {
    LoadBalancer balancer = new LoadBalancer(Snapshots.of(instance("a")), policy);
    Pick pick = balancer.pick().orElseThrow();

    pick.failure();
    pick.success();
    pick.failure();
    pick.close();

    EndpointStatistics a = statistics(balancer, "a");
    assertThat(a.active()).isZero();
    assertThat(a.failures()).isEqualTo(1);
    assertThat(a.successes()).isZero();
  }
}
