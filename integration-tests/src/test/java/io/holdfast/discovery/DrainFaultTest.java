package io.holdfast.discovery;

import static io.holdfast.discovery.Registries.PATIENCE;
import static io.holdfast.discovery.Registries.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.memory.Faults;
import io.holdfast.testkit.memory.Faults.Direction;
import io.holdfast.testkit.memory.Faults.Fate;
import io.holdfast.testkit.memory.MemoryCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Draining over a network that loses and delays messages of the client that looks on. */
final class DrainFaultTest {

  private static final String LOOKING = "looking";
  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withOwner(Owner.thisProcess(LOOKING))
          .withSessionTimeout(Duration.ofSeconds(30))
          .withRequestTimeout(Duration.ofMillis(300));

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final List<Coordinator> coordinators = new ArrayList<>();
  private Registry serving;
  private Registry looking;

  @BeforeEach
  void connectBoth() {
    serving = new Registry(connect("serving"));
    looking = new Registry(connect(LOOKING));
  }

  private Coordinator connect(String client) {
    Coordinator coordinator =
        Coordinator.connect(cluster.client(client, OPTIONS), OPTIONS, "memory");
    coordinators.add(coordinator);
    return coordinator;
  }

  @AfterEach
  void disconnect() {
    cluster.faults(Faults.NONE);
    cluster.heal(LOOKING);
    serving.close();
    looking.close();
    coordinators.forEach(Coordinator::close);
    cluster.close();
  }

  private static ServiceInstance instance(String service, String id) {
    return ServiceInstance.http(service, id, "10.0.0.1", 8080);
  }

  private ServiceView looking(String service, int instances) throws InterruptedException {
    ServiceView view = looking.view(service);
    assertThat(view.awaitInstances(instances, PATIENCE)).isPresent();
    return view;
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void acknowledgement_lost_isSaidAgain(Direction direction) throws InterruptedException {
    Registration victim = serving.register(instance("payment", "victim"));
    AtomicInteger left = new AtomicInteger(2);
    try (ServiceView view = looking("payment", 1)) {
      cluster.faults(
          (client, message) ->
              client.equals(LOOKING)
                      && message.operation().equals("commit")
                      && message.direction() == direction
                      && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0
                  ? Fate.LOST
                  : Fate.ARRIVES);

      DrainResult drained = get(victim.drain(PATIENCE));

      assertThat(drained.isComplete()).isTrue();
      assertThat(view.snapshot().up()).isEmpty();
      assertThat(left.get()).isLessThan(2);
    }
  }

  @Test
  void acknowledgement_delayed_isWaitedFor() throws InterruptedException {
    Duration delay = Duration.ofMillis(250);
    Registration victim = serving.register(instance("payment", "victim"));
    try (ServiceView view = looking("payment", 1)) {
      cluster.faults(
          (client, message) ->
              client.equals(LOOKING) && message.operation().equals("commit")
                  ? Fate.after(delay)
                  : Fate.ARRIVES);

      DrainResult drained = get(victim.drain(PATIENCE));

      assertThat(drained.isComplete()).isTrue();
      assertThat(drained.took()).isGreaterThanOrEqualTo(delay);
      assertThat(view.snapshot().up()).isEmpty();
    }
  }

  @Test
  void client_staleWithItsSessionAlive_holdsUpUntilTheBoundAndIsNamed()
      throws InterruptedException {
    Registration victim = serving.register(instance("payment", "victim"));
    try (ServiceView view = looking("payment", 1)) {
      cluster.cut(LOOKING);

      DrainResult drained = get(victim.drain(Duration.ofSeconds(1)));

      assertThat(drained.isComplete()).isFalse();
      assertThat(drained.behind())
          .extracting(client -> client.owner().name())
          .containsExactly(LOOKING);
      assertThat(view.snapshot().up()).hasSize(1);
      cluster.heal(LOOKING);
      assertThat(get(victim.drain(PATIENCE)).isComplete()).isTrue();
      assertThat(view.snapshot().up()).isEmpty();
      // What is proven live is known a heartbeat later, perhaps.
      await().atMost(PATIENCE).until(() -> view.snapshot().freshness() == Freshness.LIVE);
    }
  }

  @Test
  void acknowledgements_ofManyServices_goInFewTransactions() throws InterruptedException {
    int services = 5;
    int instances = 10;
    List<Registration> registrations = new ArrayList<>();
    List<ServiceView> views = new ArrayList<>();
    for (int s = 0; s < services; s++) {
      for (int i = 0; i < instances; i++) {
        registrations.add(serving.registerAsync(instance("service-" + s, "i" + i)));
      }
      views.add(looking("service-" + s, instances));
    }
    AtomicInteger commits = new AtomicInteger();
    List<CompletableFuture<DrainResult>> drains;
    try (Held held = new Held(views.get(0))) {
      drains = registrations.stream().map(one -> one.drain(PATIENCE)).toList();
      held.awaitCalled();
      await()
          .atMost(PATIENCE)
          .until(() -> views.stream().allMatch(view -> isDraining(view, instances)));
      cluster.faults(
          (client, message) -> {
            if (client.equals(LOOKING)
                && message.operation().equals("commit")
                && message.direction() == Direction.REQUEST) {
              commits.incrementAndGet();
            }
            return Fate.ARRIVES;
          });
    }
    drains.forEach(drain -> assertThat(get(drain).isComplete()).isTrue());
    assertThat(commits.get()).isBetween(1, services);
    views.forEach(ServiceView::close);
  }

  private static boolean isDraining(ServiceView view, int count) {
    return view.snapshot().where(there -> there.status() == InstanceStatus.DRAINING).size()
        == count;
  }
}
