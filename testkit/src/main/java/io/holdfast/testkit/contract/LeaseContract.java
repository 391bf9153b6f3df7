package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.registry.lease.Lease;
import io.holdfast.registry.lease.LeaseLimits;
import io.holdfast.registry.lease.LeasedInstances;
import io.holdfast.registry.lease.TakenException;
import io.holdfast.registry.lease.TooManyLeasesException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Instances that live by leases, renewed at either of two gateways. */
abstract class LeaseContract extends TwoRegistries {

  private static final Duration TTL = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofMinutes(2);

  private Gateway one;
  private Gateway two;

  /** A gateway's registry, and the view that it has of the service. */
  private record Gateway(LeasedInstances leases, ServiceView view) {

    static Gateway of(Coordinator coordinator, Registry registry, LeaseLimits limits) {
      ServiceView view = registry.view(SERVICE);
      LeasedInstances leases = new LeasedInstances(coordinator, limits, registry::shown);
      leases.start();
      return new Gateway(leases, view);
    }

    void sweep() {
      leases.sweep(List.of(view.snapshot()));
    }
  }

  @BeforeEach
  final void openGateways() {
    one = Gateway.of(first, serving, LeaseLimits.defaults());
    two = Gateway.of(second, looking, LeaseLimits.defaults());
  }

  @AfterEach
  final void closeGateways() {
    one.leases().close();
    two.leases().close();
  }

  private static void register(Gateway at, String id, Duration ttl) {
    get(at.leases().register(instance(id), ttl, Map.of()));
  }

  private static String holder(Gateway at, String id) {
    return at.view()
        .snapshot()
        .find(id)
        .map(RegisteredInstance::instance)
        .flatMap(Lease::of)
        .map(Lease::holder)
        .orElse("");
  }

  @Test
  final void register_client_isShownWithItsNotesAndWithout() throws Exception {
    get(one.leases().register(instance("a"), LONG, Map.of("holdfast.note", "kept")));

    ServiceInstance shown = until(two.view(), holds("a")).find("a").orElseThrow().instance();

    assertThat(shown.metadata()).containsEntry("holdfast.note", "kept");
    assertThat(Lease.withoutReserved(shown)).isEqualTo(instance("a"));
    assertThat(Lease.of(shown).orElseThrow().ttl()).isEqualTo(LONG);
  }

  @Test
  final void renew_clientUnknown_isFalse() {
    assertThat(one.leases().renew(SERVICE, "nobody")).isFalse();
    assertThat(get(one.leases().cancel(SERVICE, "nobody"))).isFalse();
    assertThat(get(one.leases().update(SERVICE, "nobody", same -> same))).isFalse();
  }

  @Test
  final void sweep_silentClient_isRemovedAndTheOtherStays() throws Exception {
    register(one, "loud", TTL);
    register(one, "silent", TTL);
    until(two.view(), holds("loud", "silent"));

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              one.leases().renew(SERVICE, "loud");
              one.sweep();
              two.sweep();
              return one.view().snapshot().find("silent").isEmpty();
            });

    assertThat(until(two.view(), holds("loud")).instances()).hasSize(1);
  }

  @Test
  final void renew_atAnotherGateway_makesItTheHolder() throws Exception {
    register(one, "a", LONG);
    until(two.view(), holds("a"));

    assertThat(two.leases().renew(SERVICE, "a")).isTrue();

    await().atMost(PATIENCE).until(() -> holder(one, "a").equals(two.leases().holder()));
  }

  @Test
  final void deadGateway_clientRenewsAtAnother_staysAllTheTime() throws Exception {
    register(one, "moved", TTL);
    register(one, "gone", TTL);
    until(two.view(), holds("gone", "moved"));
    two.sweep();

    one.leases().close();
    serving.close();
    first.close();

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(two.view().snapshot().find("moved")).isPresent();
              assertThat(two.leases().renew(SERVICE, "moved")).isTrue();
              two.sweep();
              return two.view().snapshot().find("gone").isEmpty();
            });
    assertThat(holder(two, "moved")).isEqualTo(two.leases().holder());
  }

  @Test
  final void cancel_client_leavesAGoodbye() throws Exception {
    register(one, "a", LONG);
    register(one, "b", LONG);
    until(two.view(), holds("a", "b"));

    // By another gateway, and half of all at once: without the goodbye views would hold them.
    assertThat(get(two.leases().cancel(SERVICE, "a"))).isTrue();
    assertThat(get(two.leases().cancel(SERVICE, "b"))).isTrue();

    until(two.view(), holds());
    assertThat(two.leases().renew(SERVICE, "a")).isFalse();
  }

  @Test
  final void update_description_keepsTheEpoch() throws Exception {
    register(one, "a", LONG);
    RegisteredInstance before = until(two.view(), holds("a")).find("a").orElseThrow();

    assertThat(get(two.leases().update(SERVICE, "a", now -> now.withStatus(InstanceStatus.DOWN))))
        .isTrue();

    RegisteredInstance after =
        until(
                one.view(),
                now -> now.find("a").filter(a -> a.ownStatus() == InstanceStatus.DOWN).isPresent())
            .find("a")
            .orElseThrow();
    assertThat(after.epoch()).isEqualTo(before.epoch());
  }

  @Test
  final void register_instanceWithASession_isRefused() throws Exception {
    serving.register(instance("a"));
    until(two.view(), holds("a"));

    assertThat(two.leases().register(instance("a"), LONG, Map.of()))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(TakenException.class);
    assertThat(two.leases().renew(SERVICE, "a")).isFalse();
  }

  @Test
  final void register_moreThanTheLimit_isRefused() throws Exception {
    Gateway small = Gateway.of(second, looking, new LeaseLimits(1, 10, Duration.ofSeconds(5)));
    register(small, "a", LONG);

    assertThat(small.leases().register(instance("b"), LONG, Map.of()))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(TooManyLeasesException.class);

    register(small, "a", LONG);
    small.leases().close();
  }
}
