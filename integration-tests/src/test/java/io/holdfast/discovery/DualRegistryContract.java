package io.holdfast.discovery;

import static io.holdfast.discovery.Registries.PATIENCE;
import static io.holdfast.discovery.Registries.get;
import static io.holdfast.discovery.Registries.ids;
import static io.holdfast.discovery.Registries.live;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.dual.Divergence;
import io.holdfast.registry.dual.DualRegistration;
import io.holdfast.registry.dual.DualRegistry;
import io.holdfast.registry.dual.DualView;
import io.holdfast.registry.dual.Phase;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link DualRegistry} promises: services move from one cluster to another under load. */
abstract class DualRegistryContract {

  static final String SERVICE = "payment";

  final Registries registries = new Registries();
  private final String namespace = "dual/" + UUID.randomUUID();
  private Registry oldServing;
  private Registry newServing;
  private DualRegistry serving;
  private DualRegistry looking;

  abstract String oldUri(String namespace);

  abstract String newUri(String namespace);

  @BeforeEach
  final void connect() {
    oldServing = open(oldUri(namespace));
    newServing = open(newUri(namespace));
    serving = new DualRegistry(oldServing, newServing, Phase.OLD_ONLY);
    looking = new DualRegistry(open(oldUri(namespace)), open(newUri(namespace)), Phase.OLD_ONLY);
  }

  private Registry open(String uri) {
    return registries.open(uri, RegistryFormat.holdfast());
  }

  @AfterEach
  final void disconnect() {
    registries.close();
  }

  static ServiceInstance instance(String id) {
    return ServiceInstance.http(SERVICE, id, "10.0.0.1", 8080);
  }

  private static void until(DualView view, String... ids) throws InterruptedException {
    assertThat(view.await(live(ids), PATIENCE)).as(() -> "still " + view.snapshot()).isPresent();
  }

  @Test
  void move_throughAllPhasesAndBack_neverFlickersOrDuplicates() throws InterruptedException {
    DualRegistration a = serving.register(instance("a"));
    DualRegistration b = serving.register(instance("b"));
    get(a.published());
    get(b.published());
    List<ServiceSnapshot> shown = new CopyOnWriteArrayList<>();
    try (DualView view = looking.view(SERVICE)) {
      until(view, "a", "b");
      // Both sides must have been heard before the first move away from the old one.
      await().atMost(PATIENCE).until(() -> view.divergence().isSafeToMove());
      view.onChange(change -> shown.add(change.after()));
      LoadBalancer balancer = new LoadBalancer(view::snapshot, Policy.roundRobin());
      Set<Phase> visited = new HashSet<>();
      for (Phase phase :
          List.of(
              Phase.PREFER_OLD,
              Phase.PREFER_NEW,
              Phase.NEW_ONLY,
              Phase.PREFER_NEW,
              Phase.PREFER_OLD,
              Phase.OLD_ONLY)) {
        looking.move(SERVICE, phase);
        visited.add(view.phase());
        assertThat(ids(view.snapshot())).containsExactly("a", "b");
        assertThat(balancer.pick()).isPresent();
      }
      assertThat(visited).hasSize(4);
    }
    assertThat(shown).allSatisfy(snapshot -> assertThat(ids(snapshot)).containsExactly("a", "b"));
  }

  @Test
  void phases_decideWhoseWordCounts() throws InterruptedException {
    Registration inOld = oldServing.register(instance("a").withVersion("old"));
    newServing.register(instance("a").withVersion("new"));
    oldServing.register(instance("only-old"));
    newServing.register(instance("only-new"));
    try (DualView view = looking.view(SERVICE)) {
      until(view, "a", "only-old");
      looking.move(SERVICE, Phase.PREFER_OLD);
      until(view, "a", "only-new", "only-old");
      assertThat(versionOfA(view)).isEqualTo("old");
      looking.move(SERVICE, Phase.PREFER_NEW);
      assertThat(ids(view.snapshot())).containsExactly("a", "only-new", "only-old");
      assertThat(versionOfA(view)).isEqualTo("new");

      Divergence divergence = get(looking.divergence(SERVICE));
      assertThat(divergence.onlyOld()).containsExactly("only-old");
      assertThat(divergence.onlyNew()).containsExactly("only-new");
      assertThat(divergence.differing()).hasSize(1);
      assertThat(divergence.differing().get(0).old().version()).isEqualTo("old");
      assertThat(divergence.differing().get(0).now().version()).isEqualTo("new");
      assertThat(divergence.isSafeToMove()).isFalse();
      assertThat(divergence.conclusive()).isTrue();
      assertThat(view.divergence()).isEqualTo(divergence);

      looking.move(SERVICE, Phase.NEW_ONLY);
      assertThat(ids(view.snapshot())).containsExactly("a", "only-new");
      inOld.close();
      looking.move(SERVICE, Phase.PREFER_OLD);
      until(view, "a", "only-new", "only-old");
      await().atMost(PATIENCE).until(() -> versionOfA(view).equals("new"));
    }
  }

  private static String versionOfA(DualView view) {
    return view.snapshot().find("a").map(RegisteredInstance::instance).orElseThrow().version();
  }

  @Test
  void services_moveOneByOne() throws InterruptedException {
    oldServing.register(instance("a"));
    newServing.register(ServiceInstance.http("ledger", "l", "h", 1));
    looking.move("ledger", Phase.NEW_ONLY);
    try (DualView payment = looking.view(SERVICE);
        DualView ledger = looking.view("ledger")) {
      until(payment, "a");
      until(ledger, "l");
      assertThat(looking.phase(SERVICE)).isEqualTo(Phase.OLD_ONLY);
    }
  }

  @Test
  void drain_inBoth_completesOnceNobodyOffersItInAnyPhase() throws InterruptedException {
    DualRegistration a = serving.register(instance("a"));
    DualRegistration b = serving.register(instance("b"));
    get(a.published());
    get(b.published());
    try (DualView view = looking.view(SERVICE)) {
      looking.move(SERVICE, Phase.PREFER_NEW);
      until(view, "a", "b");

      var drained = get(a.drain(PATIENCE));

      assertThat(drained.isComplete()).isTrue();
      for (Phase phase : Phase.values()) {
        looking.move(SERVICE, phase);
        assertThat(view.snapshot().up()).extracting(RegisteredInstance::id).containsExactly("b");
        assertThat(view.snapshot().find("a").orElseThrow().instance().status())
            .isEqualTo(InstanceStatus.DRAINING);
      }
      a.close();
      until(view, "b");
    }
  }
}
