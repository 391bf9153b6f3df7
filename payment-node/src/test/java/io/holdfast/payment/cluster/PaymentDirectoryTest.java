package io.holdfast.payment.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ProtectionHold;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

/** The form in which a node says what it owns. */
class PaymentDirectoryTest {

  private static ServiceInstance owning(String shards) {
    return ServiceInstance.http(PaymentDirectory.SERVICE, "node", "127.0.0.1", 1)
        .withMetadata(PaymentDirectory.SHARDS, shards);
  }

  @Test
  void write_anyOrder_isReadBackSorted() {
    String text = PaymentDirectory.write(List.of(10, 0, 3));

    assertThat(text).isEqualTo("0,3,10");
    assertThat(PaymentDirectory.shardsOf(owning(text))).containsExactly(0, 3, 10);
  }

  @Test
  void unowned_someNodesAreOnlyHeld_countsWhatNoOtherNodeSaysItOwns() {
    RegisteredInstance living = node(owning("0,2"), false);
    RegisteredInstance held = node(owning("1,2,4"), true);

    assertThat(PaymentDirectory.unowned(snapshot(living, held), 4)).isEqualTo(2);
    assertThat(PaymentDirectory.unowned(snapshot(), 4)).isEqualTo(4);
  }

  /** Or requests that wait for the shards of the dead would hold up those of the living. */
  @Test
  void wanted_someShardHasNoOwner_isWhatIsServedToo() {
    Set<Integer> planned = Set.of(0, 1);
    Set<Integer> served = Set.of(0, 2);
    RegisteredInstance me = node(owning("0,2"), false);
    RegisteredInstance other = node(owning("1,3"), false);

    assertThat(PaymentDirectory.wanted(planned, served, snapshot(me), 4)).containsExactly(0, 1, 2);
    assertThat(PaymentDirectory.wanted(planned, served, snapshot(me, other), 4))
        .containsExactly(0, 1);
  }

  private static RegisteredInstance node(String id, InstanceStatus status, boolean held) {
    return node(
        ServiceInstance.http(PaymentDirectory.SERVICE, id, "127.0.0.1", 1).withStatus(status),
        held);
  }

  private static RegisteredInstance node(ServiceInstance instance, boolean held) {
    Optional<ProtectionHold> hold =
        held
            ? Optional.of(new ProtectionHold("test", Instant.EPOCH, Instant.MAX))
            : Optional.empty();
    return new RegisteredInstance(
        instance, new Revision(1), instance.status(), Optional.empty(), hold);
  }

  private static SortedSet<String> members(String self, RegisteredInstance... nodes) {
    return PaymentDirectory.members(snapshot(nodes), self);
  }

  private static ServiceSnapshot snapshot(RegisteredInstance... nodes) {
    return new ServiceSnapshot(
        PaymentDirectory.SERVICE, new Revision(2), Freshness.PROTECTED, List.of(nodes));
  }

  @Test
  void members_someAreOnlyHeld_areThoseThatTheClusterNames() {
    RegisteredInstance dead = node("dead", InstanceStatus.UP, true);
    RegisteredInstance gone = node("gone", InstanceStatus.UP, true);

    assertThat(members("me", node("me", InstanceStatus.UP, false), dead, gone))
        .containsExactly("me");
    assertThat(members("me", node("me", InstanceStatus.UP, true), dead)).containsExactly("me");
    assertThat(members("me", dead)).containsExactly("me");
  }

  @Test
  void members_drainingOrDown_areNotAmongThem() {
    RegisteredInstance other = node("other", InstanceStatus.UP, false);

    assertThat(members("me", node("me", InstanceStatus.DOWN, false), other))
        .containsExactly("other");
    assertThat(members("other", node("me", InstanceStatus.DRAINING, false), other))
        .containsExactly("other");
  }

  @Test
  void shardsOf_nothingOrNonsense_isPassedOver() {
    assertThat(PaymentDirectory.shardsOf(owning(""))).isEmpty();
    assertThat(PaymentDirectory.shardsOf(owning("1,x,-2,99999,4,"))).containsExactly(1, 4);
    assertThat(
            PaymentDirectory.shardsOf(
                ServiceInstance.http(PaymentDirectory.SERVICE, "node", "127.0.0.1", 1)))
        .isEmpty();
  }
}
