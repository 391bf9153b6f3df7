package io.holdfast.discovery;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.RegistryOptions;
import io.holdfast.registry.ServiceSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Registries of one test, closed together. */
final class Registries implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<Registry> registries = new ArrayList<>();
  private final List<Coordinator> coordinators = new ArrayList<>();

  Coordinator connect(String uri, String owner) {
    Coordinator coordinator =
        Coordinator.connect(
            uri,
            CoordinatorOptions.defaults()
                .withSessionTimeout(Duration.ofSeconds(6))
                .withOwner(Owner.thisProcess(owner)));
    coordinators.add(coordinator);
    return coordinator;
  }

  Registry on(Coordinator coordinator, RegistryFormat format) {
    RegistryOptions options = RegistryOptions.defaults(coordinator.options());
    Registry registry = new Registry(coordinator, options, format);
    registries.add(registry);
    return registry;
  }

  Registry open(String uri, RegistryFormat format) {
    return on(connect(uri, "test"), format);
  }

  static <T> T get(CompletableFuture<T> future) {
    return future.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Exactly these ids, heard live. */
  static Predicate<ServiceSnapshot> live(String... ids) {
    return snapshot -> snapshot.freshness() == Freshness.LIVE && ids(snapshot).equals(List.of(ids));
  }

  static List<String> ids(ServiceSnapshot snapshot) {
    return snapshot.instances().stream().map(RegisteredInstance::id).toList();
  }

  @Override
  public void close() {
    registries.forEach(Registry::close);
    coordinators.forEach(Coordinator::close);
  }
}
