package io.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ServiceSnapshotTest {

  private static final RegisteredInstance A = registered("a", 1, InstanceStatus.UP);
  private static final RegisteredInstance B = registered("b", 2, InstanceStatus.DRAINING);
  private static final RegisteredInstance C = registered("c", 3, InstanceStatus.UP);

  private static RegisteredInstance registered(String id, long epoch, InstanceStatus status) {
    return new RegisteredInstance(
        ServiceInstance.of("s", id, "h")
            .withStatus(status)
            .withZone("z" + id)
            .withVersion("v" + id)
            .withTags(Set.of("t" + id)),
        new Revision(epoch));
  }

  private static ServiceSnapshot snapshot(long revision, RegisteredInstance... instances) {
    return new ServiceSnapshot("s", new Revision(revision), Freshness.LIVE, List.of(instances));
  }

  @Test
  void instances_givenInAnyOrder_areSortedById() {
    assertThat(snapshot(3, C, A, B).instances()).containsExactly(A, B, C);
  }

  @Test
  void find_everyId_isFoundAndNoOther() {
    ServiceSnapshot three = snapshot(3, A, B, C);

    assertThat(three.find("a")).contains(A);
    assertThat(three.find("b")).contains(B);
    assertThat(three.find("c")).contains(C);
    assertThat(three.find("bb")).isEmpty();
    assertThat(snapshot(3).find("a")).isEmpty();
  }

  @Test
  void lookups_byEachProperty_giveThoseThatHaveIt() {
    ServiceSnapshot three = snapshot(3, A, B, C);

    assertThat(three.up()).containsExactly(A, C);
    assertThat(three.inZone("zb")).containsExactly(B);
    assertThat(three.ofVersion("vc")).containsExactly(C);
    assertThat(three.tagged("ta")).containsExactly(A);
    assertThat(three.where(instance -> instance.id().equals("x"))).isEmpty();
  }

  @Test
  void change_newGoneRestartedAndUpdated_areToldApart() {
    RegisteredInstance restarted = registered("a", 9, InstanceStatus.UP);
    RegisteredInstance updated = registered("b", 2, InstanceStatus.UP);
    RegisteredInstance fresh = registered("d", 8, InstanceStatus.UP);

    ServiceChange change =
        new ServiceChange(snapshot(3, A, B, C), snapshot(9, restarted, updated, fresh));

    assertThat(change.added()).containsExactly(restarted, fresh);
    assertThat(change.removed()).containsExactly(A, C);
    assertThat(change.updated()).containsExactly(updated);
  }

  @Test
  void unknown_beforeAnythingIsHeard_isEmptyAndStale() {
    ServiceSnapshot unknown = ServiceSnapshot.unknown("s");

    assertThat(unknown.isEmpty()).isTrue();
    assertThat(unknown.freshness()).isEqualTo(Freshness.STALE);
    assertThat(unknown.revision()).isEqualTo(Revision.NONE);
  }
}
