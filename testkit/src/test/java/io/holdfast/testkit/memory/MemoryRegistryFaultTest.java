package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryOptions;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.memory.Faults.Direction;
import io.holdfast.testkit.memory.Faults.Fate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The registry over a network that loses messages. */
final class MemoryRegistryFaultTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofSeconds(3))
          .withRequestTimeout(Duration.ofMillis(300));
  private static final ServiceInstance A = ServiceInstance.http("payment", "a", "10.0.0.1", 80);

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private Coordinator servingCoordinator;
  private Coordinator lookingCoordinator;
  private Registry serving;
  private Registry looking;

  @BeforeEach
  void connectBoth() {
    servingCoordinator = Coordinator.connect(cluster.client("serving", OPTIONS), OPTIONS, "memory");
    lookingCoordinator = Coordinator.connect(cluster.client("looking", OPTIONS), OPTIONS, "memory");
    serving = registry(servingCoordinator, PATIENCE);
    looking = registry(lookingCoordinator, PATIENCE);
  }

  @AfterEach
  void disconnect() {
    cluster.faults(Faults.NONE);
    cluster.heal("serving");
    cluster.heal("looking");
    serving.close();
    looking.close();
    servingCoordinator.close();
    lookingCoordinator.close();
    cluster.close();
  }

  private static Registry registry(Coordinator coordinator, Duration patience) {
    return new Registry(
        coordinator,
        RegistryOptions.defaults(coordinator.options())
            .withPatience(patience)
            .withAuditEvery(Duration.ofHours(1)));
  }

  /** Loses the replies to the next {@code count} commits of the server; returns what is left. */
  private AtomicInteger loseReplies(int count) {
    AtomicInteger left = new AtomicInteger(count);
    cluster.faults(
        (client, message) ->
            client.equals("serving")
                    && message.operation().equals("commit")
                    && message.direction() == Direction.REPLY
                    && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0
                ? Fate.LOST
                : Fate.ARRIVES);
    return left;
  }

  private List<RegisteredInstance> there() {
    return looking.list("payment").orTimeout(60, TimeUnit.SECONDS).join().instances();
  }

  @Test
  void register_replyLost_isFoundToBePublishedWithItsEpoch() throws InterruptedException {
    AtomicInteger left = loseReplies(1);

    Registration registration = serving.register(A);

    assertThat(left).hasValue(0);
    assertThat(there()).hasSize(1);
    assertThat(registration.epoch()).contains(there().get(0).epoch());
  }

  @Test
  void update_replyLost_isFoundToBeDone() throws InterruptedException {
    Registration registration = serving.register(A);
    AtomicInteger left = loseReplies(1);

    registration.updateStatus(InstanceStatus.DRAINING).join();

    assertThat(left).hasValue(0);
    assertThat(there().get(0).instance().status()).isEqualTo(InstanceStatus.DRAINING);
    assertThat(registration.epoch()).contains(there().get(0).epoch());
  }

  @Test
  void close_repliesLost_stillEndsWithTheEntryGone() throws InterruptedException {
    Registration registration = serving.register(A);
    AtomicInteger left = loseReplies(2);

    registration.close();

    assertThat(left.get()).isLessThan(2);
    assertThat(registration.closeAsync()).isDone();
    assertThat(there()).isEmpty();
  }

  /** One session has both, and must not take the one for the other. */
  @Test
  void register_idThatIsBeingWithdrawn_isAnotherThatStays() throws InterruptedException {
    Registration before = serving.register(A);
    Revision earlier = before.epoch().orElseThrow();
    AtomicInteger left = loseReplies(1);

    CompletableFuture<Void> withdrawn = before.closeAsync();
    Registration again = serving.register(ServiceInstance.http("payment", "a", "10.0.0.9", 81));
    Revision epoch = again.epoch().orElseThrow();
    withdrawn.join();

    assertThat(left).hasValue(0);
    assertThat(epoch).isGreaterThan(earlier);
    assertThat(there()).extracting(one -> one.instance().host()).containsExactly("10.0.0.9");
    assertThat(there()).extracting(RegisteredInstance::epoch).containsExactly(epoch);
  }

  @Test
  void close_clusterAway_returnsWithinPatienceAndTheEntryGoesLater() throws InterruptedException {
    Registry impatient = registry(servingCoordinator, Duration.ofMillis(200));
    Registration registration = impatient.register(A);
    cluster.cut("serving");
    long began = System.nanoTime();

    registration.close();

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE.dividedBy(2));
    cluster.heal("serving");
    await().atMost(PATIENCE).until(() -> there().isEmpty());
    impatient.close();
  }

  @Test
  void register_clusterAway_failsInTimeAndLeavesNothing() {
    Registry impatient = registry(servingCoordinator, Duration.ofMillis(200));
    cluster.cut("serving");

    assertThatThrownBy(() -> impatient.register(A)).isInstanceOf(UnavailableException.class);

    cluster.heal("serving");
    impatient.close();
    await().atMost(PATIENCE).until(() -> there().isEmpty());
  }

  @Test
  void outage_longerThanTheSession_viewStaysAndComesBackLive() throws InterruptedException {
    List<ServiceSnapshot> shown = new CopyOnWriteArrayList<>();
    Registration registration = serving.register(A);
    try (ServiceView view = looking.view("payment")) {
      assertThat(view.awaitInstances(1, PATIENCE)).isPresent();
      view.onChange(change -> shown.add(change.after()));
      String before = lookingCoordinator.current().orElseThrow().id();

      cluster.cut("looking");
      assertThat(view.await(snapshot -> snapshot.freshness() == Freshness.STALE, PATIENCE))
          .isPresent();
      await().atMost(PATIENCE).until(() -> lookingCoordinator.current().isEmpty());
      registration.update(a -> a.withVersion("2")).join();
      assertThat(view.snapshot().instances()).hasSize(1);
      assertThat(view.snapshot().freshness()).isEqualTo(Freshness.STALE);
      cluster.heal("looking");

      ServiceSnapshot after =
          view.await(snapshot -> snapshot.freshness() == Freshness.LIVE, PATIENCE).orElseThrow();
      assertThat(after.ofVersion("2")).hasSize(1);
      assertThat(lookingCoordinator.current().orElseThrow().id()).isNotEqualTo(before);
    }
    assertThat(shown).isNotEmpty().noneMatch(ServiceSnapshot::isEmpty);
  }

  @Test
  void outage_longerThanTheSession_serverRegistersAgainWithALaterEpoch()
      throws InterruptedException {
    Registration registration = serving.register(A);
    long before = registration.epoch().orElseThrow().value();

    cluster.cut("serving");
    await().atMost(PATIENCE).until(() -> there().isEmpty());
    await().atMost(PATIENCE).until(() -> !registration.isPublished());
    cluster.heal("serving");

    await().atMost(PATIENCE).until(registration::isPublished);
    assertThat(registration.epoch().orElseThrow().value()).isGreaterThan(before);
    assertThat(there())
        .extracting(RegisteredInstance::epoch)
        .contains(registration.epoch().orElseThrow());
  }

  @Test
  void close_afterItsCoordinator_returnsAtOnce() throws InterruptedException {
    Registration registration = serving.register(A);

    servingCoordinator.close();
    registration.close();

    assertThat(registration.closeAsync()).isDone();
  }

  @Test
  void audit_entryRemovedAndTheWatchNeverHeard_putsItBack() throws InterruptedException {
    cluster.faults(
        (client, message) ->
            client.equals("serving") && message.operation().equals("notify")
                ? Fate.LOST
                : Fate.ARRIVES);
    Registry diligent =
        new Registry(
            servingCoordinator,
            RegistryOptions.defaults(OPTIONS).withAuditEvery(Duration.ofMillis(200)));
    Registration registration = diligent.register(A);
    long before = registration.epoch().orElseThrow().value();

    lookingCoordinator
        .session()
        .thenCompose(
            session -> session.commit(Transaction.EMPTY.delete(Key.of("services", "payment", "a"))))
        .join();

    await().atMost(PATIENCE).until(() -> there().size() == 1);
    assertThat(there().get(0).epoch().value()).isGreaterThan(before);
    diligent.close();
  }

  @Test
  void register_coordinatorIsClosedMeanwhile_failsThen() {
    cluster.cut("serving");
    CompletableFuture<Registration> registering =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return serving.register(A);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    Registration other = serving.registerAsync(ServiceInstance.of("payment", "b", "10.0.0.2"));
    assertThat(registering).isNotDone();

    servingCoordinator.close();

    assertThat(registering)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(IllegalStateException.class)
        .withMessageContaining("closed");
    assertThat(other.published()).isCompletedExceptionally();
  }
}
