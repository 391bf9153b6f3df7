package io.holdfast.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.admin.RegistryAdmin;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link Registration#drain} promises: three clients choose while one instance goes. */
abstract class DrainContract {

  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final String SERVICE = "payment";
  private static final String VICTIM = "victim";

  private final List<Registry> registries = new ArrayList<>();
  private final List<Coordinator> coordinators = new ArrayList<>();
  private final List<PickingClient> clients = new ArrayList<>();
  private String namespace = "";
  private Coordinator servingCoordinator;
  private Registry serving;
  private Registration victim;

  /** The address of the cluster under test, with this namespace. */
  abstract String uri(String namespace);

  @BeforeEach
  final void serveThreeInstances() throws InterruptedException {
    namespace = "drain/" + UUID.randomUUID();
    servingCoordinator = connect("serving");
    serving = registry(servingCoordinator);
    victim = serving.register(instance(VICTIM));
    serving.register(instance("other-1"));
    serving.register(instance("other-2"));
    for (int i = 0; i < 3; i++) {
      clients.add(client("client-" + i));
    }
  }

  @AfterEach
  final void disconnect() {
    clients.forEach(PickingClient::close);
    registries.forEach(Registry::close);
    coordinators.forEach(Coordinator::close);
  }

  private PickingClient client(String name) throws InterruptedException {
    Coordinator coordinator = connect(name);
    return new PickingClient(coordinator, registry(coordinator), SERVICE, VICTIM);
  }

  private Coordinator connect(String name) {
    Coordinator coordinator =
        Coordinator.connect(
            uri(namespace),
            CoordinatorOptions.defaults()
                .withSessionTimeout(Duration.ofSeconds(6))
                .withOwner(Owner.thisProcess(name)));
    coordinators.add(coordinator);
    return coordinator;
  }

  private Registry registry(Coordinator coordinator) {
    Registry registry = new Registry(coordinator);
    registries.add(registry);
    return registry;
  }

  private static ServiceInstance instance(String id) {
    return ServiceInstance.http(SERVICE, id, "10.0.0.1", 8080);
  }

  static <T> T get(CompletableFuture<T> future) {
    return future.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Has the cluster end the client's session, as if it had been paused for too long. */
  private void revoke(PickingClient client) {
    Session lost = client.coordinator().current().orElseThrow();
    Key presence = Key.of("sessions", lost.id());
    get(
        servingCoordinator
            .session()
            .thenCompose(s -> s.commit(Transaction.EMPTY.delete(presence))));
  }

  /** Everyone goes on choosing for a while, and nobody the victim. */
  private void assertNobodyChoosesTheVictim() {
    clients.forEach(PickingClient::expectNoVictim);
    for (PickingClient client : clients) {
      client.awaitMorePicks(200);
    }
    assertThat(clients).allSatisfy(client -> assertThat(client.violations()).isZero());
  }

  @Test
  void drain_threeClientsChoosing_noneChoosesItOnceComplete() {
    clients.forEach(PickingClient::awaitVictim);

    DrainResult drained = get(victim.drain(PATIENCE));

    assertNobodyChoosesTheVictim();
    assertThat(drained.isComplete()).isTrue();
    assertThat(drained.departed()).isEmpty();
    assertThat(drained.id()).isEqualTo(VICTIM);
    assertThat(victim.isPublished()).isTrue();
    assertThat(victim.instance().status()).isEqualTo(InstanceStatus.DRAINING);
  }

  @Test
  void drain_clientWhoseAcknowledgementIsDelayed_isWaitedFor() throws InterruptedException {
    try (Held held = new Held(clients.get(1).view())) {
      CompletableFuture<DrainResult> drained = victim.drain(PATIENCE);
      held.awaitCalled();

      // The other two are through; only this one is waited for.
      clients.get(0).awaitPassed();
      clients.get(2).awaitPassed();
      assertThat(drained).isNotDone();

      held.close();
      assertThat(get(drained).isComplete()).isTrue();
    }
    assertNobodyChoosesTheVictim();
  }

  @Test
  void drain_clientBehindAtTheBound_isNamed() {
    try (Held held = new Held(clients.get(1).view())) {
      DrainResult drained = get(victim.drain(Duration.ofSeconds(2)));

      assertThat(drained.isComplete()).isFalse();
      assertThat(drained.behind()).hasSize(1);
      DrainResult.Client behind = drained.behind().get(0);
      assertThat(behind.owner().name()).isEqualTo("client-1");
      assertThat(behind.owner().pid()).isEqualTo(ProcessHandle.current().pid());
      assertThat(behind.session())
          .isEqualTo(clients.get(1).coordinator().current().orElseThrow().id());
      assertThat(behind.shows()).isLessThan(drained.revision());
      assertThat(drained.took()).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }
  }

  @Test
  void drain_listenerThatIsNotDone_isNamedAtTheBound() {
    clients.get(1).view().onChangeAsync(change -> new CompletableFuture<>());

    DrainResult drained = get(victim.drain(Duration.ofSeconds(2)));

    assertThat(drained.behind())
        .extracting(client -> client.owner().name())
        .containsExactly("client-1");
  }

  @Test
  void drain_listenerThatIsDoneLater_isWaitedFor() throws InterruptedException {
    BlockingQueue<CompletableFuture<Void>> stages = new LinkedBlockingQueue<>();
    clients
        .get(1)
        .view()
        .onChangeAsync(
            change -> {
              CompletableFuture<Void> stage = new CompletableFuture<>();
              stages.add(stage);
              return stage;
            });
    CompletableFuture<DrainResult> drained = victim.drain(PATIENCE);

    take(stages).completeExceptionally(new IllegalStateException("on purpose"));
    get(victim.update(before -> before.withVersion("2")));
    CompletableFuture<Void> later = take(stages);
    assertThat(drained).isNotDone();
    later.complete(null);

    assertThat(get(drained).isComplete()).isTrue();
  }

  @Test
  void drain_listenerThatIsStopped_isNotWaitedFor() throws InterruptedException {
    BlockingQueue<CompletableFuture<Void>> stages = new LinkedBlockingQueue<>();
    Runnable stop =
        clients
            .get(1)
            .view()
            .onChangeAsync(
                change -> {
                  CompletableFuture<Void> never = new CompletableFuture<>();
                  stages.add(never);
                  return never;
                });
    CompletableFuture<DrainResult> drained = victim.drain(PATIENCE);
    take(stages);

    stop.run();

    assertThat(get(drained).isComplete()).isTrue();
  }

  private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  @Test
  void drain_clientWhoseSessionIsLostAndBack_isWaitedForAgain() throws InterruptedException {
    PickingClient returning = clients.get(1);
    try (Held held = new Held(returning.view())) {
      CompletableFuture<DrainResult> drained = victim.drain(PATIENCE);
      held.awaitCalled();
      String before = returning.coordinator().current().orElseThrow().id();

      revoke(returning);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  returning
                      .coordinator()
                      .current()
                      .filter(now -> !now.id().equals(before))
                      .isPresent());
      returning.awaitPassed();
      assertThat(drained).isNotDone();

      held.close();
      assertThat(get(drained).isComplete()).isTrue();
      assertThat(get(drained).departed()).isEmpty();
    }
    assertNobodyChoosesTheVictim();
  }

  @Test
  void drain_whileSessionsAreLost_noneChoosesItOnceComplete() {
    CompletableFuture<DrainResult> drained = victim.drain(PATIENCE);
    clients.forEach(this::revoke);

    assertThat(get(drained).isComplete()).isTrue();
    assertNobodyChoosesTheVictim();
  }

  @Test
  void drain_clientThatHasCrashed_doesNotBlockAndIsNamed() throws InterruptedException {
    PickingClient crashing = clients.remove(1);
    try (Held held = new Held(crashing.view())) {
      CompletableFuture<DrainResult> drained = victim.drain(PATIENCE);
      held.awaitCalled();

      crashing.coordinator().close();

      assertThat(get(drained).isComplete()).isTrue();
      assertThat(get(drained).departed())
          .extracting(client -> client.owner().name())
          .containsExactly("client-1");
    }
    assertNobodyChoosesTheVictim();
    crashing.close();
  }

  @Test
  void drain_clientThatEndsItsView_doesNotBlock() throws InterruptedException {
    PickingClient leaving = clients.remove(1);
    try (Held held = new Held(leaving.view())) {
      CompletableFuture<DrainResult> drained = victim.drain(PATIENCE);
      held.awaitCalled();

      leaving.close();

      assertThat(get(drained).isComplete()).isTrue();
      assertThat(get(drained).departed()).isEmpty();
    }
  }

  @Test
  void drain_clientThatJoinsMeanwhile_isNoObstacleAndNeverChoosesIt() throws InterruptedException {
    try (Held held = new Held(clients.get(1).view())) {
      CompletableFuture<DrainResult> drained = victim.drain(PATIENCE);
      held.awaitCalled();
      PickingClient late = client("late");
      late.expectNoVictim();
      clients.add(late);
      late.awaitMorePicks(50);

      held.close();

      assertThat(get(drained).isComplete()).isTrue();
    }
    assertNobodyChoosesTheVictim();
  }

  @Test
  void drain_again_afterItCameBack_waitsForTheLaterChange() {
    DrainResult first = get(victim.drain(PATIENCE));
    get(victim.updateStatus(InstanceStatus.UP));
    clients.forEach(PickingClient::awaitVictim);

    DrainResult second = get(victim.drain(PATIENCE));

    assertThat(second.isComplete()).isTrue();
    assertThat(second.revision()).isGreaterThan(first.revision());
    assertNobodyChoosesTheVictim();
  }

  @Test
  void drain_byAnOperator_standsWhateverTheInstanceSays() {
    RegistryAdmin operator = new RegistryAdmin(connect("operator"));
    clients.forEach(PickingClient::awaitVictim);

    DrainResult drained = get(operator.drain(SERVICE, VICTIM, "operator", "maintenance", PATIENCE));

    assertThat(drained.isComplete()).isTrue();
    assertNobodyChoosesTheVictim();
    get(victim.update(before -> before.withVersion("2")));
    assertThat(victim.instance().status()).isEqualTo(InstanceStatus.UP);
    assertNobodyChoosesTheVictim();
    get(operator.clearOverride(SERVICE, VICTIM, "operator", "done"));
    clients.forEach(PickingClient::awaitVictim);
  }

  @Test
  void drain_byAnOperator_ofNobody_failsAtTheBound() {
    RegistryAdmin operator = new RegistryAdmin(connect("operator"));

    assertThat(operator.drain(SERVICE, "nobody", "operator", "", Duration.ofMillis(500)))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(UnavailableException.class);
  }

  @Test
  void drain_ofTheClosed_fails() {
    victim.close();

    assertThat(victim.drain(PATIENCE))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(IllegalStateException.class);
  }
}
