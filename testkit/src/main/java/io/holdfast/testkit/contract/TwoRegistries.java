package io.holdfast.testkit.contract;

import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Transaction;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.RegistryOptions;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.registry.admin.RegistryAdmin;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two clients of one cluster with a registry each: one serves, the other looks on. */
abstract class TwoRegistries extends TwoClients {

  static final Duration AUDIT = Duration.ofMillis(500);
  static final String SERVICE = "payment";

  private final List<Registry> registries = new ArrayList<>();
  Registry serving;
  Registry looking;

  @BeforeEach
  final void openRegistries() {
    serving = registry(first, registryOptions());
    looking = registry(second, registryOptions());
  }

  @AfterEach
  final void closeRegistries() {
    registries.forEach(Registry::close);
  }

  /** The protection that goes with the session, and patience. */
  final RegistryOptions registryOptions() {
    return RegistryOptions.defaults(options("registry"))
        .withPatience(PATIENCE)
        .withAuditEvery(AUDIT);
  }

  /** A registry that is closed after the test. */
  final Registry registry(Coordinator coordinator, RegistryOptions options) {
    Registry registry = new Registry(coordinator, options);
    registries.add(registry);
    return registry;
  }

  final RegistryAdmin admin(Coordinator coordinator) {
    return new RegistryAdmin(coordinator, registryOptions(), RegistryFormat.holdfast());
  }

  static ServiceInstance instance(String id) {
    return ServiceInstance.http(SERVICE, id, "10.0.0.1", 8080);
  }

  static ServiceSnapshot until(ServiceView view, Predicate<ServiceSnapshot> condition)
      throws InterruptedException {
    return view.await(condition, PATIENCE)
        .orElseThrow(() -> new AssertionError("still " + view.snapshot()));
  }

  static Predicate<ServiceSnapshot> holds(String... ids) {
    return snapshot ->
        snapshot.freshness() == Freshness.LIVE
            && snapshot.instances().stream()
                .map(RegisteredInstance::id)
                .toList()
                .equals(List.of(ids));
  }

  static Key key(String id) {
    return Key.of("services", SERVICE, id);
  }

  /** Has the cluster end the session, as an administrator can; a new one follows. */
  static void revoke(Coordinator victim, Coordinator by) {
    Session lost = victim.current().orElseThrow();
    Key presence = Key.of("sessions", lost.id());
    get(by.session().thenCompose(s -> s.commit(Transaction.EMPTY.delete(presence))));
    await()
        .atMost(PATIENCE)
        .until(() -> victim.current().filter(now -> !now.id().equals(lost.id())).isPresent());
  }
}
