package io.holdfast.loadbalancer;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.Explanation.Availability;
import io.holdfast.loadbalancer.internal.health.OutlierDetector;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OutlierDetectionTest {

  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final VirtualTime time = new VirtualTime();
  private final Snapshots snapshots = Snapshots.of(Snapshots.instances(10));

  private LoadBalancer balancer(OutlierDetection rules) {
    return new LoadBalancer(
        snapshots, Policy.random().withOutlierDetection(rules), time, RandomSource.seeded(3));
  }

  private static Set<String> ids(LoadBalancer balancer) {
    return Picking.counts(balancer, 500).keySet();
  }

  private static List<String> ejected(LoadBalancer balancer) {
    return balancer.statistics().stream()
        .filter(one -> one.ejected().isPresent())
        .map(one -> one.instance().id())
        .toList();
  }

  /** An outcome that changes nothing but lets a due sweep happen. */
  private void sweep(LoadBalancer balancer) {
    time.pass(INTERVAL);
    balancer.pick(Set.of()).orElseThrow().close();
  }

  @Test
  void failuresInARow_asManyAsTheRule_eject() {
    LoadBalancer balancer = balancer(OutlierDetection.standard());
    Picking.tell(balancer, "i03", RequestOutcome.FAILURE, 4);
    Picking.tell(balancer, "i03", RequestOutcome.SUCCESS, 1);
    Picking.tell(balancer, "i03", RequestOutcome.FAILURE, 4);
    assertThat(ejected(balancer)).isEmpty();

    Picking.tell(balancer, "i03", RequestOutcome.FAILURE, 1);

    assertThat(ejected(balancer)).containsExactly("i03");
    assertThat(ids(balancer)).hasSize(9).doesNotContain("i03");
  }

  @Test
  void failuresInARow_thatSubsetsSaw_countTogether() {
    LoadBalancer balancer = balancer(OutlierDetection.standard());
    for (int i = 0; i < 5; i++) {
      Picking.tell(
          balancer, "i03", RequestOutcome.FAILURE, 1); // each time over a balancer of its own
    }

    assertThat(ejected(balancer)).containsExactly("i03");
  }

  /** A balancer for that one alone would choose it all the same, since there is no other. */
  @Test
  void preferring_theOneIsEjected_choosesOthersUntilItIsBack() {
    LoadBalancer balancer = balancer(OutlierDetection.standard());
    LoadBalancer third = balancer.preferring(one -> one.id().equals("i03"));
    assertThat(ids(third)).containsExactly("i03");

    Picking.tell(balancer, "i03", RequestOutcome.FAILURE, 5);

    assertThat(ids(third)).hasSize(9).doesNotContain("i03");
    for (int i = 0; i < 3; i++) {
      sweep(balancer);
    }
    assertThat(ids(third)).containsExactly("i03");
  }

  @Test
  void abandoned_any_saysNothing() {
    LoadBalancer balancer = balancer(OutlierDetection.standard());
    Picking.tell(balancer, "i03", RequestOutcome.FAILURE, 4);
    Picking.tell(balancer, "i03", RequestOutcome.ABANDONED, 10);
    assertThat(ejected(balancer)).isEmpty();
  }

  @Test
  void ejection_itsTimeOver_endsWithTheNextSweep_andTheSecondLastsTwiceAsLong() {
    LoadBalancer balancer = balancer(OutlierDetection.standard());
    Picking.tell(balancer, "i03", RequestOutcome.FAILURE, 5);
    sweep(balancer);
    sweep(balancer);
    assertThat(ejected(balancer)).containsExactly("i03");
    sweep(balancer);
    assertThat(ejected(balancer)).isEmpty();
    assertThat(ids(balancer)).contains("i03");

    Picking.tell(balancer, "i03", RequestOutcome.FAILURE, 5);
    for (int i = 0; i < 5; i++) {
      sweep(balancer);
      assertThat(ejected(balancer)).containsExactly("i03");
    }
    sweep(balancer);
    assertThat(ejected(balancer)).isEmpty();
  }

  @Test
  void ejection_goodForAWhile_lastsAsTheFirstAgain() {
    LoadBalancer balancer = balancer(OutlierDetection.standard());
    Picking.tell(balancer, "i03", RequestOutcome.FAILURE, 5);
    for (int i = 0; i < 4; i++) {
      sweep(balancer);
    }
    Picking.tell(balancer, "i03", RequestOutcome.FAILURE, 5);
    sweep(balancer);
    sweep(balancer);
    sweep(balancer);

    assertThat(ejected(balancer)).isEmpty();
  }

  @Test
  void manyBad_onlyTheAllowedPartIsEjected() {
    LoadBalancer tenPercent = balancer(OutlierDetection.standard());
    LoadBalancer half = balancer(OutlierDetection.standard().withMaxEjectedPercent(50));
    for (String id : List.of("i00", "i01", "i02", "i03", "i04", "i05", "i06")) {
      Picking.tell(tenPercent, id, RequestOutcome.FAILURE, 5);
      Picking.tell(half, id, RequestOutcome.FAILURE, 5);
    }

    assertThat(ejected(tenPercent)).containsExactly("i00");
    assertThat(ejected(half)).containsExactly("i00", "i01", "i02", "i03", "i04");
  }

  @Test
  void panic_fewerThanHalfLeft_ignoresEjectionsButNotStatus() {
    snapshots.show(
        instance("a"), instance("b"), instance("c"), instance("d").withStatus(InstanceStatus.DOWN));
    LoadBalancer balancer = balancer(OutlierDetection.standard().withMaxEjectedPercent(100));
    Picking.tell(balancer, "a", RequestOutcome.FAILURE, 5);
    assertThat(ids(balancer)).containsExactly("b", "c");

    Picking.tell(balancer, "b", RequestOutcome.FAILURE, 5);

    assertThat(balancer.explain().availability()).isEqualTo(Availability.PANIC);
    assertThat(ids(balancer)).containsExactly("a", "b", "c");
  }

  @Test
  void panicThresholdZero_allEjected_isAPanicEvenSo() {
    snapshots.show(instance("a"), instance("b"));
    LoadBalancer balancer =
        new LoadBalancer(
            snapshots,
            Policy.random()
                .withOutlierDetection(OutlierDetection.standard().withMaxEjectedPercent(100))
                .withPanicThreshold(0),
            time,
            RandomSource.seeded(3));
    Picking.tell(balancer, "a", RequestOutcome.FAILURE, 5);
    assertThat(ids(balancer)).containsExactly("b");
    Picking.tell(balancer, "b", RequestOutcome.FAILURE, 5);
    assertThat(ids(balancer)).containsExactly("a", "b");
  }

  @Test
  void theOnlyInstance_ejected_isStillPicked() {
    snapshots.show(instance("a"));
    LoadBalancer balancer = balancer(OutlierDetection.standard());
    Picking.tell(balancer, "a", RequestOutcome.FAILURE, 5);

    assertThat(ejected(balancer)).containsExactly("a");
    assertThat(ids(balancer)).containsExactly("a");
  }

  @Test
  void ejected_snapshotChanges_staysEjected() {
    LoadBalancer balancer = balancer(OutlierDetection.standard());
    Picking.tell(balancer, "i03", RequestOutcome.FAILURE, 5);
    ServiceInstance[] heavier = Snapshots.instances(10);
    heavier[3] = heavier[3].withWeight(500);
    snapshots.show(heavier);

    assertThat(ids(balancer)).hasSize(9).doesNotContain("i03");
  }

  private void showAgain(long epoch, ServiceInstance returning) {
    List<RegisteredInstance> all = new ArrayList<>(withoutI03());
    all.add(3, new RegisteredInstance(returning, new Revision(epoch)));
    snapshots.show(all);
  }

  private static List<RegisteredInstance> withoutI03() {
    return Arrays.stream(Snapshots.instances(10))
        .filter(instance -> !instance.id().equals("i03"))
        .map(instance -> new RegisteredInstance(instance, new Revision(1)))
        .toList();
  }

  private LoadBalancer balancerThatLostAnEjected() {
    LoadBalancer balancer = balancer(OutlierDetection.standard());
    Picking.tell(balancer, "i03", RequestOutcome.FAILURE, 5);
    snapshots.show(withoutI03());
    assertThat(ids(balancer)).hasSize(9);
    return balancer;
  }

  @Test
  void ejected_registrationGoneAndBack_sitsOutTheRest() {
    LoadBalancer balancer = balancerThatLostAnEjected();
    time.pass(Duration.ofSeconds(15));
    showAgain(20, instance("i03"));

    assertThat(ids(balancer)).hasSize(9).doesNotContain("i03");
    assertThat(ejected(balancer)).containsExactly("i03");
    sweep(balancer); // 25 s
    assertThat(ejected(balancer)).containsExactly("i03");
    sweep(balancer); // 35 s
    assertThat(ids(balancer)).contains("i03");
  }

  @Test
  void ejected_flapsTwice_staysEjected() {
    LoadBalancer balancer = balancerThatLostAnEjected();
    showAgain(20, instance("i03"));
    showAgain(30, instance("i03")); // its absence was too short to be seen
    assertThat(ids(balancer)).doesNotContain("i03");
    snapshots.show(withoutI03());
    assertThat(ids(balancer)).hasSize(9);
    showAgain(40, instance("i03"));

    assertThat(ids(balancer)).hasSize(9).doesNotContain("i03");
  }

  @Test
  void ejected_backAfterItsTime_isChosen() {
    LoadBalancer balancer = balancerThatLostAnEjected();
    time.pass(Duration.ofSeconds(31));
    showAgain(20, instance("i03"));

    assertThat(ids(balancer)).contains("i03");
  }

  @Test
  void ejected_sameIdAtAnotherHost_isJudgedAnew() {
    LoadBalancer balancer = balancerThatLostAnEjected();
    showAgain(20, ServiceInstance.http("s", "i03", "another-host", 80));

    assertThat(ids(balancer)).contains("i03");
  }

  @Test
  void ejected_backWhenTheAllowedPartIsOut_isChosen() {
    LoadBalancer balancer = balancerThatLostAnEjected();
    Picking.tell(balancer, "i05", RequestOutcome.FAILURE, 5);
    showAgain(20, instance("i03"));

    assertThat(ejected(balancer)).containsExactly("i05");
    assertThat(ids(balancer)).contains("i03");
  }

  private void requests(LoadBalancer balancer, String id, int successes, int failures) {
    Picking.tell(balancer, id, RequestOutcome.FAILURE, failures);
    Picking.tell(balancer, id, RequestOutcome.SUCCESS, successes);
  }

  @Test
  void successRate_farBelowTheOthers_ejectsAtTheSweep() {
    LoadBalancer balancer = balancer(OutlierDetection.standard().withConsecutiveFailures(0));
    for (int i = 0; i < 9; i++) {
      requests(balancer, "i0" + i, 99, 1);
    }
    requests(balancer, "i09", 60, 40);
    assertThat(ejected(balancer)).isEmpty();

    sweep(balancer);

    assertThat(ejected(balancer)).containsExactly("i09");
  }

  @Test
  void successRate_tooFewRequestsOrHosts_concludesNothing() {
    LoadBalancer balancer = balancer(OutlierDetection.standard().withConsecutiveFailures(0));
    for (int i = 0; i < 9; i++) {
      requests(balancer, "i0" + i, 98, 1);
    }
    requests(balancer, "i09", 20, 20);

    sweep(balancer);

    assertThat(ejected(balancer)).isEmpty();
  }

  @Test
  void failurePercentage_overTheBound_ejectsAtTheSweep() {
    OutlierDetection rules =
        OutlierDetection.standard()
            .withConsecutiveFailures(0)
            .withSuccessRate(new OutlierDetection.SuccessRate(0, 0, 0));
    LoadBalancer balancer = balancer(rules);
    for (int i = 0; i < 5; i++) {
      requests(balancer, "i0" + i, 50, 0);
    }
    requests(balancer, "i08", 9, 41);
    requests(balancer, "i09", 7, 43);

    sweep(balancer);

    assertThat(ejected(balancer)).containsExactly("i09");
  }

  @Test
  void parameters_published_areTheStandard() {
    OutlierDetection rules = OutlierDetection.standard();

    assertThat(rules.interval()).hasSeconds(10);
    assertThat(OutlierDetector.mayBeEjected(rules, 5)).isEqualTo(1);
    assertThat(OutlierDetector.mayBeEjected(rules, 100)).isEqualTo(10);
    assertThat(OutlierDetector.mayBeEjected(rules.withMaxEjectedPercent(0), 100)).isZero();
    assertThat(Duration.ofNanos(OutlierDetector.ejectionNanos(rules, 1))).hasSeconds(30);
    assertThat(Duration.ofNanos(OutlierDetector.ejectionNanos(rules, 3))).hasSeconds(90);
    assertThat(Duration.ofNanos(OutlierDetector.ejectionNanos(rules, 1_000_000))).hasSeconds(300);
    assertThatThrownBy(() -> rules.withInterval(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
