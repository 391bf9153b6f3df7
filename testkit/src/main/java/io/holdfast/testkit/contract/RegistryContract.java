package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceChange;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What {@link Registry} promises, on a real cluster: one process serves, another looks on. */
public abstract class RegistryContract extends TwoRegistries {

  private static final int MANY = 200;

  // Registering.

  @Test
  void register_newInstance_appearsInViewsAsGiven() throws InterruptedException {
    ServiceInstance given =
        instance("a")
            .withPort("admin", 9090)
            .withStatus(InstanceStatus.STARTING)
            .withWeight(50)
            .withZone("z1")
            .withVersion("1.2.0")
            .withMetadata("shards", "1,2");
    try (ServiceView view = looking.view(SERVICE)) {
      Registration registration = serving.register(given);

      ServiceSnapshot snapshot = until(view, holds("a"));

      assertThat(snapshot.instances().get(0).instance()).isEqualTo(given);
      assertThat(registration.isPublished()).isTrue();
      assertThat(registration.epoch()).contains(snapshot.instances().get(0).epoch());
      assertThat(snapshot.revision()).isGreaterThanOrEqualTo(registration.epoch().orElseThrow());
    }
  }

  @Test
  void update_published_changesInPlaceAndKeepsTheEpoch() throws InterruptedException {
    try (ServiceView view = looking.view(SERVICE)) {
      Registration registration = serving.register(instance("a"));
      Revision epoch = registration.epoch().orElseThrow();

      get(registration.updateStatus(InstanceStatus.DRAINING));

      ServiceSnapshot snapshot = until(view, s -> !s.isEmpty() && s.up().isEmpty());
      assertThat(snapshot.instances().get(0).instance().status())
          .isEqualTo(InstanceStatus.DRAINING);
      assertThat(snapshot.instances().get(0).epoch()).isEqualTo(epoch);
      assertThat(registration.epoch()).contains(epoch);
    }
  }

  @Test
  void update_manyInARow_endsWithTheLast() throws InterruptedException {
    Registration registration = serving.register(instance("a"));
    CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    for (int weight = 1; weight <= 50; weight++) {
      int now = weight;
      last = registration.update(before -> before.withWeight(now));
    }

    get(last);

    ServiceSnapshot snapshot = get(looking.list(SERVICE));
    assertThat(snapshot.instances().get(0).instance().weight()).isEqualTo(50);
    assertThat(registration.isPublished()).isTrue();
  }

  @Test
  void update_ofTheId_isRefused() throws InterruptedException {
    Registration registration = serving.register(instance("a"));

    assertThatThrownBy(() -> registration.update(before -> instance("b")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(registration.instance()).isEqualTo(instance("a"));
  }

  @Test
  void close_registration_removesItAndIsIdempotent() throws InterruptedException {
    try (ServiceView view = looking.view(SERVICE)) {
      Registration registration = serving.register(instance("a"));
      until(view, holds("a"));

      registration.close();
      registration.close();

      assertThat(get(looking.list(SERVICE)).instances()).isEmpty();
      until(view, holds());
      assertThat(registration.isPublished()).isFalse();
      assertThatThrownBy(() -> get(registration.updateStatus(InstanceStatus.UP)))
          .hasCauseInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void close_registry_removesAllItsInstancesAndNoOthers() throws InterruptedException {
    looking.register(instance("theirs"));
    serving.register(instance("a"));
    serving.register(instance("b"));

    serving.close();
    serving.close();

    assertThat(get(looking.list(SERVICE)).instances())
        .extracting(RegisteredInstance::id)
        .containsExactly("theirs");
    assertThatThrownBy(() -> serving.register(instance("c")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void register_sameIdAgain_takesOverWithALaterEpochAndTheFirstStandsBy()
      throws InterruptedException {
    Registration predecessor = looking.register(instance("a"));
    Revision before = predecessor.epoch().orElseThrow();

    Registration successor = serving.register(instance("a").withVersion("2"));

    assertThat(successor.epoch().orElseThrow()).isGreaterThan(before);
    await().atMost(PATIENCE).until(() -> !predecessor.isPublished());
    predecessor.close();
    RegisteredInstance there = get(looking.list(SERVICE)).find("a").orElseThrow();
    assertThat(there.instance().version()).isEqualTo("2");
    assertThat(there.epoch()).isEqualTo(successor.epoch().orElseThrow());
  }

  @Test
  void register_sameIdTwiceInOneProcess_isRefusedUntilTheFirstIsClosed()
      throws InterruptedException {
    Registration earlier = serving.register(instance("a"));

    assertThatThrownBy(() -> serving.register(instance("a")))
        .isInstanceOf(IllegalStateException.class);

    earlier.close();
    Registration later = serving.register(instance("a").withVersion("2"));
    assertThat(get(looking.list(SERVICE)).ofVersion("2")).hasSize(1);
    assertThat(later.isPublished()).isTrue();
  }

  @Test
  void entry_removedBySomebody_isRestored() throws InterruptedException {
    try (ServiceView view = looking.view(SERVICE)) {
      Registration registration = serving.register(instance("a"));
      Revision before = registration.epoch().orElseThrow();
      until(view, holds("a"));

      get(second.session().thenCompose(this::removeEntry));

      ServiceSnapshot after =
          until(view, s -> s.find("a").filter(a -> a.epoch().compareTo(before) > 0).isPresent());
      await().atMost(PATIENCE).until(registration::isPublished);
      assertThat(registration.epoch()).contains(after.find("a").orElseThrow().epoch());
    }
  }

  private CompletableFuture<?> removeEntry(Session session) {
    return session.commit(Transaction.EMPTY.delete(key("a")));
  }

  // Looking on.

  @Test
  void view_severalInstances_areSortedById() throws InterruptedException {
    try (ServiceView view = looking.view(SERVICE)) {
      serving.register(instance("b"));
      looking.register(instance("c"));
      serving.register(instance("a"));

      until(view, holds("a", "b", "c"));
      assertThat(view.awaitInstances(3, PATIENCE)).isPresent();
      assertThat(view.awaitInstances(4, Duration.ofMillis(1))).isEmpty();
    }
  }

  @Test
  void view_otherServices_doNotShow() throws InterruptedException {
    serving.register(ServiceInstance.http("payment2", "x", "10.0.0.1", 1));
    serving.register(instance("a"));

    try (ServiceView view = looking.view(SERVICE)) {
      until(view, holds("a"));
    }
    assertThat(get(looking.services())).containsExactly(SERVICE, "payment2");
  }

  @Test
  void onServices_servicesComeAndGo_areToldAndInstancesAreNot() throws InterruptedException {
    List<List<String>> told = new CopyOnWriteArrayList<>();
    Runnable stop = looking.onServices(told::add);
    await().atMost(PATIENCE).until(() -> told.equals(List.of(List.of())));

    serving.register(instance("a"));
    await().atMost(PATIENCE).until(() -> last(told).equals(List.of(SERVICE)));
    serving.register(instance("b"));
    serving.register(ServiceInstance.http("payment2", "x", "10.0.0.1", 1));
    await().atMost(PATIENCE).until(() -> last(told).equals(List.of(SERVICE, "payment2")));
    assertThat(told).hasSize(3);

    stop.run();
    serving.register(ServiceInstance.http("payment3", "x", "10.0.0.1", 1));
    get(looking.services());
    assertThat(told).hasSize(3);
  }

  @Test
  void view_manyInstances_showsThemAll() throws InterruptedException {
    try (ServiceView view = looking.view(SERVICE)) {
      List<Registration> registrations = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        registrations.add(serving.registerAsync(instance("i" + i)));
      }

      ServiceSnapshot snapshot = view.awaitInstances(MANY, PATIENCE).orElseThrow();

      assertThat(snapshot.instances()).hasSize(MANY);
      registrations.forEach(registration -> get(registration.published()));
    }
  }

  @Test
  void view_malformedForeignEntries_arePassedOver() throws InterruptedException {
    putForeign("broken", "{not json");
    putForeign("typed", "[\"java.lang.ProcessBuilder\",{}]");
    putForeign("liar", "{\"service\":\"payment\",\"id\":\"other\",\"host\":\"h\"}");
    putForeign("future", "{\"service\":\"payment\",\"id\":\"future\",\"host\":\"h\",\"new\":[1]}");
    try (ServiceView view = looking.view(SERVICE)) {
      serving.register(instance("a"));

      until(view, holds("a", "future"));
    }
  }

  private void putForeign(String id, String text) {
    get(
        second
            .session()
            .thenCompose(s -> s.commit(Transaction.EMPTY.put(key(id), Payload.utf8(text)))));
  }

  @Test
  void onChange_severalChanges_chainsBeforeAndAfterInOrder() throws InterruptedException {
    List<ServiceChange> changes = new CopyOnWriteArrayList<>();
    try (ServiceView view = looking.view(SERVICE)) {
      view.onChange(changes::add);
      Registration a = serving.register(instance("a"));
      serving.register(instance("b"));
      a.close();

      await()
          .atMost(PATIENCE)
          .until(() -> !changes.isEmpty() && holds("b").test(last(changes).after()));
    }
    for (int i = 1; i < changes.size(); i++) {
      assertThat(changes.get(i).before()).isEqualTo(changes.get(i - 1).after());
      assertThat(changes.get(i).after().revision())
          .isGreaterThanOrEqualTo(changes.get(i).before().revision());
    }
  }

  private static <T> T last(List<T> changes) {
    return changes.get(changes.size() - 1);
  }

  @Test
  void onChange_listenerThatThrows_disturbsNobody() throws InterruptedException {
    List<ServiceChange> changes = new CopyOnWriteArrayList<>();
    try (ServiceView view = looking.view(SERVICE)) {
      view.onChange(
          change -> {
            throw new IllegalStateException("for the test");
          });
      view.onChange(changes::add);

      serving.register(instance("a"));

      await()
          .atMost(PATIENCE)
          .until(() -> !changes.isEmpty() && holds("a").test(last(changes).after()));
    }
  }

  @Test
  void view_twoOfOneService_closeIndependently() throws InterruptedException {
    ServiceView one = looking.view(SERVICE);
    ServiceView other = looking.view(SERVICE);
    one.close();
    one.close();

    serving.register(instance("a"));

    until(other, holds("a"));
    other.close();
    try (ServiceView again = looking.view(SERVICE)) {
      until(again, holds("a"));
    }
  }

  // Losing the session.

  @Test
  void sessionLost_ofTheServer_isRegisteredAgainForOthersToSee() throws InterruptedException {
    try (ServiceView view = looking.view(SERVICE)) {
      Registration registration = serving.register(instance("a"));
      Revision before = registration.epoch().orElseThrow();
      until(view, holds("a"));

      revoke(first, second);

      await().atMost(PATIENCE).until(registration::isPublished);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                RegisteredInstance there = view.snapshot().find("a").orElseThrow();
                assertThat(registration.epoch()).contains(there.epoch());
                assertThat(there.epoch()).isGreaterThanOrEqualTo(before);
                assertThat(holder()).isEqualTo(first.current().orElseThrow().id());
              });
    }
  }

  private String holder() {
    return get(second
            .session()
            .thenCompose(s -> s.list(key("a").parent(), Consistency.LINEARIZABLE)))
        .entries()
        .get(0)
        .session()
        .orElse("nobody");
  }

  @Test
  void sessionLost_ofTheViewer_keepsTheInstancesAndTurnsLiveAgain() throws InterruptedException {
    List<ServiceSnapshot> shown = new CopyOnWriteArrayList<>();
    try (ServiceView view = looking.view(SERVICE)) {
      serving.register(instance("a"));
      until(view, holds("a"));
      view.onChange(change -> shown.add(change.after()));

      revoke(second, first);

      serving.register(instance("b"));
      until(view, holds("a", "b"));
    }
    assertThat(shown).isNotEmpty().noneMatch(ServiceSnapshot::isEmpty);
    for (int i = 1; i < shown.size(); i++) {
      assertThat(shown.get(i).revision()).isGreaterThanOrEqualTo(shown.get(i - 1).revision());
    }
  }
}
