package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.registry.CallResult;
import io.holdfast.registry.EpochCheck;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.HealthPolicy;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Protection;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.registry.StatusOverride;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@link Registry} promises about health, operators, mass removal, and outages, on a real
 * cluster: one process serves, another looks on.
 */
public abstract class RegistryResilienceContract extends TwoRegistries {

  private static final int THOUSANDS = 1_000;
  private static final int SEVERAL = 8;

  /** A client of a cluster that cannot be reached. */
  protected Coordinator unreachable(String namespace) {
    String scheme = URI.create(uri(namespace)).getScheme();
    return Coordinator.connectInBackground(
        scheme + "://127.0.0.1:1/" + namespace, options("unreachable"));
  }

  private static List<ServiceInstance> instances(int count) {
    return IntStream.range(0, count).mapToObj(i -> instance("i" + i)).toList();
  }

  /** Entries that no process of this test restores. */
  private void putForeign(String... ids) {
    Transaction transaction = Transaction.EMPTY;
    for (String id : ids) {
      String text = "{\"service\":\"payment\",\"id\":\"%s\",\"host\":\"h\"}".formatted(id);
      transaction = transaction.put(key(id), Payload.utf8(text));
    }
    Transaction all = transaction;
    get(first.session().thenCompose(session -> session.commit(all)));
  }

  private void deleteForeign(String... ids) {
    Transaction transaction = Transaction.EMPTY;
    for (String id : ids) {
      transaction = transaction.delete(key(id));
    }
    Transaction all = transaction;
    get(first.session().thenCompose(session -> session.commit(all)));
  }

  // Health.

  @Test
  void register_withAHealthCheck_followsItUnlessTheApplicationLeaves() throws InterruptedException {
    AtomicBoolean healthy = new AtomicBoolean();
    CompletableFuture<Boolean> firstRun = new CompletableFuture<>();
    AtomicBoolean isFirst = new AtomicBoolean(true);
    HealthPolicy policy = new HealthPolicy(Duration.ofMillis(50), PATIENCE, 2, 2);
    try (ServiceView view = looking.view(SERVICE)) {
      Registration registration =
          serving.register(
              instance("a"),
              () ->
                  isFirst.getAndSet(false)
                      ? firstRun
                      : CompletableFuture.completedFuture(healthy.get()),
              policy);
      until(view, s -> hasStatus(s, InstanceStatus.STARTING));

      healthy.set(true);
      firstRun.complete(true);
      until(view, s -> hasStatus(s, InstanceStatus.UP));
      healthy.set(false);
      until(view, s -> hasStatus(s, InstanceStatus.DOWN));
      healthy.set(true);
      until(view, s -> hasStatus(s, InstanceStatus.UP));

      get(registration.updateStatus(InstanceStatus.DRAINING));
      healthy.set(false);
      until(view, s -> hasStatus(s, InstanceStatus.DRAINING));
      assertThat(registration.instance().status()).isEqualTo(InstanceStatus.DRAINING);
    }
  }

  private static boolean hasStatus(ServiceSnapshot snapshot, InstanceStatus status) {
    return snapshot.find("a").filter(a -> a.instance().status() == status).isPresent();
  }

  // Operators.

  @Test
  void override_ofAnInstance_survivesItsUpdatesAndRestartUntilItIsCleared()
      throws InterruptedException {
    try (ServiceView view = looking.view(SERVICE)) {
      Registration registration = serving.register(instance("a"));
      get(admin(second).override(SERVICE, "a", InstanceStatus.OUT_OF_SERVICE, "ann", "disk swap"));
      ServiceSnapshot overridden = until(view, s -> hasStatus(s, InstanceStatus.OUT_OF_SERVICE));
      RegisteredInstance there = overridden.find("a").orElseThrow();
      StatusOverride override = there.override().orElseThrow();
      assertThat(there.ownStatus()).isEqualTo(InstanceStatus.UP);
      assertThat(override.by()).isEqualTo("ann");
      assertThat(override.why()).isEqualTo("disk swap");
      assertThat(overridden.up()).isEmpty();
      assertThat(registration.epoch()).contains(there.epoch());

      registration.close();
      serving.register(instance("a").withVersion("2"));
      ServiceSnapshot restarted = until(view, s -> !s.ofVersion("2").isEmpty());
      assertThat(restarted.up()).isEmpty();
      assertThat(get(looking.list(SERVICE)).up()).isEmpty();

      assertThat(get(admin(second).clearOverride(SERVICE, "a", "ann", "done"))).isTrue();
      assertThat(get(admin(second).clearOverride(SERVICE, "a", "ann", "done"))).isFalse();
      until(view, s -> hasStatus(s, InstanceStatus.UP));
    }
  }

  @Test
  void override_ofAnInstanceThatIsNotThereYet_waitsForIt() throws InterruptedException {
    get(admin(second).override(SERVICE, "a", InstanceStatus.DOWN, "ann", ""));
    try (ServiceView view = looking.view(SERVICE)) {
      until(view, s -> s.freshness() == Freshness.LIVE && s.isEmpty());
      serving.register(instance("a"));

      until(view, s -> hasStatus(s, InstanceStatus.DOWN));
    }
  }

  /** It would seem to be well, and get no requests. */
  @Test
  void register_idThatWasDrainedBefore_warnsAndSaysWhatToDo() throws InterruptedException {
    Registration before = serving.register(instance("drained"));
    get(admin(second).override(SERVICE, "drained", InstanceStatus.DRAINING, "ann", "new disk"));
    before.close();

    try (LogCapture log = new LogCapture()) {
      serving.registerAll(List.of(instance("other"), instance("drained")));

      await()
          .atMost(PATIENCE)
          .until(() -> log.lines().stream().anyMatch(line -> line.contains("new disk")));
      // Again, if the session was lost meanwhile: then it is registered again.
      assertThat(log.lines())
          .filteredOn(line -> line.contains("payment/drained is registered as"))
          .first()
          .asString()
          .contains("payment/drained is registered as UP", "DRAINING: ann said so at")
          .contains("holdfast services clear-override payment drained");
    }
  }

  @Test
  void registry_coordinatorIsClosed_refusesAtOnce() throws Exception {
    Coordinator third = owned(connect(namespace(), options("third")));
    Registry registry = registry(third, registryOptions());
    Registration registration = registry.register(instance("a"));
    third.close();

    assertThat(
            CompletableFuture.runAsync(
                () -> {
                  for (ThrowingCallable use :
                      List.<ThrowingCallable>of(
                          () -> registry.register(instance("b")),
                          () -> registry.registerAll(List.of(instance("b"))),
                          () -> registry.registerAsync(instance("b")),
                          () -> registry.view(SERVICE))) {
                    assertThatThrownBy(use)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("is closed");
                  }
                  assertThatThrownBy(() -> registration.updateStatus(InstanceStatus.DOWN).join())
                      .hasMessageContaining("is closed");
                  assertThatThrownBy(() -> registration.drain(PATIENCE).join())
                      .hasMessageContaining("is closed");
                  assertThatThrownBy(
                          () ->
                              admin(third)
                                  .override(SERVICE, "a", InstanceStatus.DOWN, "ann", "test")
                                  .join())
                      .hasMessageContaining("is closed");
                  assertThatThrownBy(() -> registry.list(SERVICE).join())
                      .hasMessageContaining("is closed");
                  registration.close();
                }))
        .succeedsWithin(Duration.ofSeconds(10));
  }

  // Incarnations.

  @Test
  void checkEpoch_afterARestart_refusesWhatWasMeantForThePredecessor() throws InterruptedException {
    Registration before = serving.register(instance("a"));
    RegisteredInstance seen = get(looking.list(SERVICE)).find("a").orElseThrow();
    Optional<String> sent = Optional.of(EpochCheck.valueFor(seen));
    assertThat(before.checkEpoch(sent)).isEqualTo(EpochCheck.Verdict.MEANT);
    before.close();

    Registration after = serving.register(instance("a"));

    assertThat(after.checkEpoch(sent)).isEqualTo(EpochCheck.Verdict.EARLIER);
    RegisteredInstance again = get(looking.list(SERVICE)).find("a").orElseThrow();
    Optional<String> sentAgain = Optional.of(EpochCheck.valueFor(again));
    assertThat(after.checkEpoch(sentAgain)).isEqualTo(EpochCheck.Verdict.MEANT);
    assertThat(before.checkEpoch(sentAgain)).isEqualTo(EpochCheck.Verdict.LATER);
  }

  @Test
  void checkEpoch_afterTheSessionWasLost_stillKnowsThisIncarnation() throws InterruptedException {
    Registration registration = serving.register(instance("a"));
    Optional<String> sent = Optional.of(registration.epoch().orElseThrow().toString());

    revoke(first, second);

    await().atMost(PATIENCE).until(registration::isPublished);
    assertThat(registration.checkEpoch(sent)).isEqualTo(EpochCheck.Verdict.MEANT);
  }

  // Many.

  @Test
  void registerAll_thousand_areAllShownAndAllGoWithTheirRegistry() throws InterruptedException {
    try (ServiceView view = looking.view(SERVICE)) {
      List<Registration> registrations = serving.registerAll(instances(THOUSANDS));

      assertThat(registrations).hasSize(THOUSANDS).allMatch(Registration::isPublished);
      until(view, s -> s.instances().size() == THOUSANDS);
      List<Freshness> shown = new CopyOnWriteArrayList<>();
      view.onChange(change -> shown.add(change.after().freshness()));
      serving.close();
      until(view, s -> s.freshness() == Freshness.LIVE && s.isEmpty());
      assertThat(shown).as("everyone said goodbye").doesNotContain(Freshness.PROTECTED);
    }
  }

  @Test
  void queries_byRegionZoneVersionAndTag_findTheirInstances() throws InterruptedException {
    serving.registerAll(
        List.of(
            instance("a").withRegion("eu").withZone("eu-1").withVersion("1"),
            instance("b").withRegion("eu").withZone("eu-2").withTags(Set.of("canary"))));
    try (ServiceView view = looking.view(SERVICE)) {
      ServiceSnapshot snapshot = until(view, holds("a", "b"));

      assertThat(snapshot.inRegion("eu")).hasSize(2);
      assertThat(snapshot.inZone("eu-2")).extracting(RegisteredInstance::id).containsExactly("b");
      assertThat(snapshot.ofVersion("1")).extracting(RegisteredInstance::id).containsExactly("a");
      assertThat(snapshot.tagged("canary")).extracting(RegisteredInstance::id).containsExactly("b");
    }
  }

  // Mass removal.

  @Test
  void massRemoval_sessionOfThemAllLost_isNeverSeenAsAnEmptyView() throws InterruptedException {
    try (ServiceView view = looking.view(SERVICE)) {
      List<Registration> registrations = serving.registerAll(instances(SEVERAL));
      ServiceSnapshot before = until(view, s -> s.instances().size() == SEVERAL);
      List<ServiceSnapshot> shown = new CopyOnWriteArrayList<>();
      view.onChange(change -> shown.add(change.after()));

      revoke(first, second);

      until(
          view,
          s ->
              s.freshness() == Freshness.LIVE
                  && registrations.stream().allMatch(r -> isBack(r.instance().id(), before, s)));
      // News of what came before may still be on its way to whoever begins to listen.
      assertThat(shown)
          .filteredOn(s -> s.revision().compareTo(before.revision()) > 0)
          .allMatch(s -> s.instances().size() == SEVERAL);
    }
  }

  /** True if an instance is there, registered anew. */
  private static boolean isBack(String id, ServiceSnapshot before, ServiceSnapshot now) {
    return now.find(id).isPresent()
        && !now.find(id)
            .map(RegisteredInstance::epoch)
            .equals(before.find(id).map(RegisteredInstance::epoch));
  }

  @Test
  void massRemoval_forGood_isHeldWithReasonAndExpiryAndNoLonger() throws InterruptedException {
    Duration bound = Duration.ofSeconds(3);
    Protection protection = new Protection(0.5, 2, Duration.ofSeconds(10), bound);
    Registry careful = registry(second, registryOptions().withProtection(protection));
    putForeign("a", "b", "c");
    try (ServiceView view = careful.view(SERVICE)) {
      until(view, holds("a", "b", "c"));

      deleteForeign("a", "b", "c");

      ServiceSnapshot held = until(view, s -> s.freshness() == Freshness.PROTECTED);
      assertThat(held.held()).hasSize(3);
      assertThat(held.held().get(0).hold().orElseThrow().reason()).contains("3 of 3");
      assertThat(held.held().get(0).hold().orElseThrow().until())
          .isEqualTo(held.held().get(0).hold().orElseThrow().since().plus(bound));
      until(view, holds());
    }
  }

  @Test
  void massRemoval_ofInstancesThatCallersCannotReach_isShownAsItIs() throws InterruptedException {
    Protection protection =
        new Protection(0.5, 2, Duration.ofSeconds(60), PATIENCE.multipliedBy(9));
    Registry careful = registry(second, registryOptions().withProtection(protection));
    putForeign("a", "b", "c");
    try (ServiceView view = careful.view(SERVICE)) {
      ServiceSnapshot before = until(view, holds("a", "b", "c"));
      view.report(before.find("a").orElseThrow(), CallResult.FAILED);

      deleteForeign("a", "b", "c");
      ServiceSnapshot held = until(view, s -> s.freshness() == Freshness.PROTECTED);
      assertThat(held.held()).extracting(RegisteredInstance::id).containsExactly("b", "c");

      held.held().forEach(one -> view.report(one, CallResult.FAILED));
      until(view, holds());
    }
  }

  @Test
  void massRemoval_ofInstancesThatFailABalancersRequests_isShownAsItIs()
      throws InterruptedException {
    Protection protection =
        new Protection(0.5, 2, Duration.ofSeconds(60), PATIENCE.multipliedBy(9));
    Registry careful = registry(second, registryOptions().withProtection(protection));
    putForeign("a", "b", "c");
    try (ServiceView view = careful.view(SERVICE)) {
      until(view, holds("a", "b", "c"));
      deleteForeign("a", "b", "c");
      until(view, s -> s.held().size() == 3);
      LoadBalancer balancer = new LoadBalancer(view, Policy.leastRequest());

      for (Optional<Pick> pick = balancer.pick(); pick.isPresent(); pick = balancer.pick()) {
        pick.get().failure();
      }

      until(view, holds());
    }
  }

  // Outages.

  @Test
  void coldStart_clusterDown_showsWhatAnEarlierRunSaw(@TempDir Path folder)
      throws InterruptedException {
    Registry earlier = registry(second, registryOptions().withCache(folder));
    Registration gone = serving.register(instance("a").withVersion("7"));
    serving.register(instance("b"));
    try (ServiceView view = earlier.view(SERVICE)) {
      until(view, holds("a", "b"));
    }
    earlier.close();

    Registry cold =
        registry(
            owned(unreachable(namespace())),
            registryOptions().withCache(folder).withPatience(AUDIT));
    try (ServiceView view = cold.view(SERVICE)) {
      ServiceSnapshot disk = view.snapshot();
      assertThat(disk.freshness()).isEqualTo(Freshness.DISK);
      assertThat(disk.ofVersion("7")).extracting(RegisteredInstance::id).containsExactly("a");
      assertThat(disk.up()).hasSize(2);
      assertThat(disk.asOf()).isAfter(Instant.EPOCH);
      assertThat(view.await(s -> s.freshness() != Freshness.DISK, Duration.ofSeconds(2))).isEmpty();
    }

    gone.close();
    Registry warm = registry(second, registryOptions().withCache(folder));
    try (ServiceView view = warm.view(SERVICE)) {
      until(view, holds("b"));
    }
  }
}
