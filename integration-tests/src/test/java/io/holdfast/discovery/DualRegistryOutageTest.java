package io.holdfast.discovery;

import static io.holdfast.discovery.Registries.PATIENCE;
import static io.holdfast.discovery.Registries.get;
import static io.holdfast.discovery.Registries.ids;
import static io.holdfast.discovery.Registries.live;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.dual.DualRegistration;
import io.holdfast.registry.dual.DualRegistry;
import io.holdfast.registry.dual.DualView;
import io.holdfast.registry.dual.Phase;
import io.holdfast.testkit.memory.MemoryCluster;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One of the two clusters is away. */
final class DualRegistryOutageTest {

  private static final String SERVICE = DualRegistryContract.SERVICE;
  private static final String SERVING = "serving";
  private static final String LOOKING = "looking";
  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofSeconds(3))
          .withRequestTimeout(Duration.ofMillis(300));

  private final MemoryCluster old = MemoryCluster.onRealTime();
  private final MemoryCluster now = MemoryCluster.onRealTime();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private DualRegistry serving;
  private DualRegistry looking;

  @BeforeEach
  void connect() {
    serving = new DualRegistry(on(old, SERVING), on(now, SERVING), Phase.PREFER_OLD);
    looking = new DualRegistry(on(old, LOOKING), on(now, LOOKING), Phase.PREFER_OLD);
  }

  private Registry on(MemoryCluster cluster, String client) {
    Coordinator coordinator =
        Coordinator.connect(cluster.client(client, OPTIONS), OPTIONS, "memory");
    Registry registry = new Registry(coordinator);
    open.push(coordinator);
    open.push(registry);
    return registry;
  }

  @AfterEach
  void disconnect() throws Exception {
    for (MemoryCluster cluster : List.of(old, now)) {
      cluster.heal(SERVING);
      cluster.heal(LOOKING);
    }
    for (AutoCloseable each : open) {
      each.close();
    }
    old.close();
    now.close();
  }

  private DualRegistration registered(String id) {
    DualRegistration registration =
        serving.register(ServiceInstance.http(SERVICE, id, "10.0.0.1", 8080));
    get(registration.published());
    return registration;
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"PREFER_OLD", "PREFER_NEW"})
  void outage_ofEitherSide_doesNotEmptyTheViewAndChangesStillArrive(Phase phase)
      throws InterruptedException {
    looking.move(SERVICE, phase);
    DualRegistration a = registered("a");
    DualRegistration b = registered("b");
    for (MemoryCluster away : List.of(old, now)) {
      try (DualView view = looking.view(SERVICE)) {
        assertThat(view.await(live("a", "b"), PATIENCE)).isPresent();
        List<ServiceSnapshot> shown = new CopyOnWriteArrayList<>();
        view.onChange(change -> shown.add(change.after()));

        away.cut(LOOKING);
        assertThat(view.await(s -> s.freshness() == Freshness.STALE, PATIENCE)).isPresent();
        b.update(before -> before.withVersion(away == old ? "1" : "2"));
        String expected = away == old ? "1" : "2";
        assertThat(view.await(s -> s.ofVersion(expected).size() == 1, PATIENCE)).isPresent();
        away.heal(LOOKING);

        assertThat(view.await(live("a", "b"), PATIENCE)).isPresent();
        assertThat(shown).allSatisfy(s -> assertThat(ids(s)).containsExactly("a", "b"));
      }
    }
    assertThat(a.isPublished()).isTrue();
  }

  @Test
  void withdrawal_whileOneSideIsAway_isSeenThroughTheOther() throws InterruptedException {
    registered("a");
    DualRegistration b = registered("b");
    try (DualView view = looking.view(SERVICE)) {
      assertThat(view.await(live("a", "b"), PATIENCE)).isPresent();
      old.cut(LOOKING);
      assertThat(view.await(s -> s.freshness() == Freshness.STALE, PATIENCE)).isPresent();

      b.close();

      assertThat(view.await(s -> ids(s).equals(List.of("a")), PATIENCE)).isPresent();
      old.heal(LOOKING);
      assertThat(view.await(live("a"), PATIENCE)).isPresent();
    }
  }

  @Test
  void registration_whileOneSideIsAway_isPublishedThereLater() throws InterruptedException {
    now.cut(SERVING);
    DualRegistration a = serving.register(ServiceInstance.http(SERVICE, "a", "10.0.0.1", 8080));
    try (DualView view = looking.view(SERVICE)) {
      assertThat(view.await(live("a"), PATIENCE)).isPresent();
      assertThat(get(looking.divergence(SERVICE)).onlyOld()).containsExactly("a");
      assertThat(a.isPublished()).isFalse();

      now.heal(SERVING);

      get(a.published());
      await().atMost(PATIENCE).until(() -> get(looking.divergence(SERVICE)).isSafeToMove());
      await().atMost(PATIENCE).until(() -> view.divergence().isSafeToMove());
    }
  }
}
