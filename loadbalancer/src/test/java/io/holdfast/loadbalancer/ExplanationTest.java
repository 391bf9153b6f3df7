package io.holdfast.loadbalancer;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.loadbalancer.Explanation.Candidate;
import io.holdfast.loadbalancer.Explanation.Verdict;
import io.holdfast.registry.InstanceStatus;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ExplanationTest {

  private final VirtualTime time = new VirtualTime();

  private LoadBalancer balancer(Snapshots snapshots, Policy policy) {
    return new LoadBalancer(snapshots, policy, time, RandomSource.seeded(1));
  }

  private static Map<String, Verdict> verdicts(Explanation explanation) {
    return explanation.candidates().stream()
        .collect(Collectors.toMap(one -> one.instance().id(), Candidate::verdict));
  }

  private static Candidate candidate(Explanation explanation, String id) {
    return explanation.candidates().stream()
        .filter(one -> one.instance().id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void explain_everyReason_isNamed() {
    Snapshots snapshots =
        Snapshots.of(
            instance("down").withStatus(InstanceStatus.DOWN),
            instance("draining").withStatus(InstanceStatus.DRAINING),
            instance("ejected"),
            instance("foreign"),
            instance("good"),
            instance("tried"),
            instance("weightless").withWeight(0));
    LoadBalancer all =
        balancer(
            snapshots, Policy.leastRequest().withOutlierDetection(OutlierDetection.standard()));
    LoadBalancer balancer = all.where(one -> !one.id().equals("foreign"));
    Picking.tell(all, "ejected", RequestOutcome.FAILURE, 5);

    Explanation explanation = balancer.explain(Set.of("tried"));

    assertThat(verdicts(explanation))
        .containsEntry("down", Verdict.NOT_UP)
        .containsEntry("draining", Verdict.NOT_UP)
        .containsEntry("ejected", Verdict.EJECTED)
        .containsEntry("foreign", Verdict.NOT_WANTED)
        .containsEntry("good", Verdict.CHOSEN)
        .containsEntry("tried", Verdict.EXCLUDED)
        .containsEntry("weightless", Verdict.WEIGHTLESS);
    assertThat(explanation.chosen().orElseThrow().id()).isEqualTo("good");
    assertThat(explanation.toString()).contains("5 failures in a row").contains("tried already");
    assertThat(balancer.statistics()).allSatisfy(one -> assertThat(one.active()).isZero());
  }

  @Test
  void explain_subset_namesThoseOutside() {
    Explanation explanation =
        balancer(Snapshots.of(Snapshots.instances(5)), Policy.subset("me", 2, Policy.peakEwma()))
            .explain();

    assertThat(verdicts(explanation).values())
        .filteredOn(verdict -> verdict == Verdict.NOT_IN_SUBSET)
        .hasSize(3);
  }

  @Test
  void explain_leastRequest_scoresActiveRequestsByWeight() {
    LoadBalancer balancer =
        balancer(Snapshots.of(instance("a").withWeight(50), instance("b")), Policy.leastRequest());
    Pick pick = balancer.pick(Set.of("b")).orElseThrow();

    assertThat(candidate(balancer.explain(), "a").score()).isEqualTo(1 / 50.0);
    assertThat(candidate(balancer.explain(), "b").score()).isZero();
    pick.close();
  }

  @Test
  void explain_key_namesItsOwner() {
    LoadBalancer balancer = balancer(Snapshots.of(Snapshots.instances(4)), Policy.maglev());
    Affinity affinity = Affinity.of("payment-1");

    Explanation explanation = balancer.explain(affinity, Set.of());

    String owner = explanation.chosen().orElseThrow().id();
    assertThat(owner).isEqualTo(Picking.owner(balancer, affinity));
    assertThat(candidate(explanation, owner).reason()).contains("owns the key");
  }

  @ParameterizedTest
  @MethodSource("io.holdfast.loadbalancer.LoadBalancerTest#policies")
  void explain_anyPolicy_choosesAndSpeaksOfAll(Policy policy) {
    Explanation explanation =
        balancer(Snapshots.of(Snapshots.instances(3)), policy).explain(new Affinity(7), Set.of());

    assertThat(explanation.chosen()).isPresent();
    assertThat(explanation.candidates())
        .hasSize(3)
        .allSatisfy(one -> assertThat(one.reason()).isNotEmpty());
    assertThat(explanation.policy()).isEqualTo(policy.name());
  }

  @Test
  void explain_nobody_choosesNobody() {
    Explanation explanation =
        balancer(
                Snapshots.of(instance("a").withStatus(InstanceStatus.STARTING)),
                Policy.roundRobin())
            .explain();

    assertThat(explanation.chosen()).isEmpty();
    assertThat(verdicts(explanation)).containsEntry("a", Verdict.NOT_UP);
  }
}
