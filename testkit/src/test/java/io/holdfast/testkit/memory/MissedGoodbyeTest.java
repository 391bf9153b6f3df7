package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.RegistryOptions;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.registry.admin.RegistryAdmin;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A client is cut off while an instance is taken out of rotation or leaves. When it is back, most
 * of the others have vanished: it holds those, and does not choose the one that has said goodbye.
 */
final class MissedGoodbyeTest {

  private static final CoordinatorOptions OPTIONS = CoordinatorOptions.defaults();
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private final VirtualTime time = new VirtualTime(1);
  private final MemoryCluster cluster = MemoryCluster.on(time);
  private final Client looking = new Client("looking");
  private final Server a = new Server("a");
  private final Server b = new Server("b");
  private final Server c = new Server("c");
  private final Server d = new Server("d");
  private final ServiceView view = looking.registry.view("s");

  /** A process. */
  private class Client {
    final String name;
    final Coordinator coordinator;
    final Registry registry;

    Client(String name) {
      this.name = name;
      coordinator = Coordinator.start(cluster.client(name, OPTIONS), OPTIONS, "memory");
      registry =
          new Registry(
              coordinator,
              RegistryOptions.defaults(OPTIONS),
              RegistryFormat.holdfast(),
              time.clock());
    }

    boolean hasSession() {
      return coordinator.current().isPresent();
    }

    void reconnect() {
      cluster.heal(name);
      until(() -> hasSession() && view.snapshot().freshness() == Freshness.LIVE);
    }

    void loseSession() {
      coordinator.current().ifPresent(session -> cluster.expire(session.id()));
      until(() -> !hasSession());
    }
  }

  /** One with an instance of its name. */
  private final class Server extends Client {
    final Registration registration;

    Server(String name) {
      super(name);
      registration = registry.registerAsync(ServiceInstance.of("s", name, "h"));
    }

    /** Ends it without a word. */
    void kill() {
      cluster.cut(name);
      loseSession();
    }
  }

  /** What the view shows, and misses from then on. */
  @BeforeEach
  void cutOff() {
    until(() -> view.snapshot().up().size() == 4);
    cluster.cut("looking");
    until(() -> !looking.hasSession());
  }

  private void until(BooleanSupplier condition) {
    assertThat(time.runUntil(condition, LIMIT)).isTrue();
  }

  private <T> T await(CompletableFuture<T> future) {
    until(future::isDone);
    return future.join();
  }

  private static void kill(Server... servers) {
    for (Server server : servers) {
      server.kill();
    }
  }

  private ServiceSnapshot backInTouch() {
    cluster.heal("looking");
    until(() -> view.snapshot().freshness() != Freshness.STALE);
    return view.snapshot();
  }

  private static List<String> held(ServiceSnapshot snapshot) {
    return snapshot.held().stream().map(RegisteredInstance::id).toList();
  }

  @Test
  void drainedAndKilledMeanwhile_isNotHeld() {
    assertThat(await(a.registration.drain(LIMIT)).isComplete()).isTrue();
    kill(a, b, c);

    assertThat(held(backInTouch())).containsExactly("b", "c");
  }

  @Test
  void drainedAndKilledBeforeItWasRegisteredAnew_isNotHeld() {
    a.loseSession();
    await(a.registration.drain(LIMIT));
    kill(a, b, c);

    assertThat(held(backInTouch())).containsExactly("b", "c");
  }

  @Test
  void drainedAndUpAgainAndKilledMeanwhile_isHeld() {
    await(a.registration.drain(LIMIT));
    await(a.registration.updateStatus(InstanceStatus.UP));
    kill(a, b, c);

    assertThat(held(backInTouch())).containsExactly("a", "b", "c");
  }

  @Test
  void takenOutByAnOperatorAndKilledMeanwhile_isNotHeld() {
    RegistryAdmin admin = new RegistryAdmin(d.coordinator);
    await(admin.drain("s", "a", "ann", "new disk", LIMIT));
    kill(a, b, c);

    assertThat(held(backInTouch())).containsExactly("b", "c");
  }

  @Test
  void takenOutByAnOperatorWhileItIsHeld_isNoLonger() {
    kill(a, b, c);
    assertThat(held(backInTouch())).containsExactly("a", "b", "c");

    RegistryAdmin admin = new RegistryAdmin(d.coordinator);
    await(admin.override("s", "a", InstanceStatus.OUT_OF_SERVICE, "ann", "new disk"));
    until(() -> held(view.snapshot()).size() < 3);

    assertThat(held(view.snapshot())).containsExactly("b", "c");
  }

  @Test
  void withdrawnWhileItHadNoSession_isNotHeld() {
    a.loseSession();
    await(a.registration.closeAsync());
    kill(b, c);
    until(a::hasSession);

    assertThat(held(backInTouch())).containsExactly("b", "c");
  }

  @Test
  void withdrawnWhileItHadNoSessionAndRegisteredAgain_stays() {
    a.loseSession();
    a.registration.closeAsync();
    Registration again = a.registry.registerAsync(ServiceInstance.of("s", "a", "other"));
    await(again.published());
    Revision epoch = again.epoch().orElseThrow();
    time.advance(LIMIT);

    RegisteredInstance there = backInTouch().find("a").orElseThrow();
    assertThat(there.instance().host()).isEqualTo("other");
    assertThat(there.epoch()).isEqualTo(epoch);
  }

  /** The goodbye is no longer there when the client is back; that there was one is. */
  @Test
  void leftLongAgo_isNotHeld() {
    await(a.registration.closeAsync());
    try (ServiceView tidy = d.registry.view("s")) {
      time.advance(Duration.ofHours(1));
      assertThat(tidy.snapshot().instances()).hasSize(3);
    }
    kill(b, c);

    assertThat(held(backInTouch())).isEmpty();
  }

  /** What was swept up then, this view had heard before: it was the cluster that was away. */
  @Test
  void outageForHoursAfterWhichMostAreGone_holdsThem() {
    looking.reconnect();
    await(a.registration.closeAsync());
    Stream.of("looking", "b", "c", "d").forEach(cluster::cut);
    time.advance(Duration.ofHours(3));
    cluster.heal("d");
    try (ServiceView tidy = d.registry.view("s")) {
      time.advance(Duration.ofHours(1));
      assertThat(tidy.snapshot().instances()).hasSize(1);
    }

    assertThat(held(backInTouch())).containsExactly("b", "c");
  }
}
