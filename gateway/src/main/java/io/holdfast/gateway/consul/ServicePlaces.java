package io.holdfast.gateway.consul;

import io.holdfast.gateway.ServiceState;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the instances are that clients of Consul have registered, by their ids and the ids of their
 * checks; kept by the changes of the services. What has a check by HTTP is checked while it is
 * there; what goes away with a check that its client reports can come back: {@link LapsedServices}.
 */
final class ServicePlaces {

  private final HttpChecks checks;
  private final LapsedServices lapsed;
  private final Map<String, Place> byId = new ConcurrentHashMap<>();
  private final Map<String, Place> byCheck = new ConcurrentHashMap<>();

  /** Where an instance is. */
  record Place(String service, String id) {}

  ServicePlaces(HttpChecks checks, LapsedServices lapsed) {
    this.checks = checks;
    this.lapsed = lapsed;
  }

  @Nullable Place ofId(String id) {
    return byId.get(id);
  }

  @Nullable Place ofCheck(String checkId) {
    return byCheck.get(checkId);
  }

  /** What goes away then does not come back by a report. */
  @Nullable Place removeId(String id) {
    return byId.remove(id);
  }

  /** Calls {@code each} with every id, and where the instance is. */
  void forEach(BiConsumer<String, Place> each) {
    byId.forEach(each);
  }

  void learn(ServiceState state) {
    state.snapshot().instances().forEach(this::learn);
  }

  private void learn(RegisteredInstance there) {
    ConsulNote.of(there.instance()).ifPresent(note -> learn(there.instance(), note));
  }

  void learn(ServiceInstance instance, ConsulNote note) {
    Place place = new Place(instance.service(), instance.id());
    byId.put(instance.id(), place);
    note.check()
        .ifPresent(
            check -> {
              byCheck.put(check.id(), place);
              check
                  .http()
                  .ifPresentOrElse(
                      probe -> checks.follow(check.id(), probe), () -> checks.forget(check.id()));
            });
  }

  /** Notes a change, however it came about. */
  void changed(ServiceState before, ServiceState after) {
    for (RegisteredInstance there : after.snapshot().instances()) {
      if (before.snapshot().find(there.id()).filter(there::equals).isEmpty()) {
        learn(there);
      }
    }
    for (RegisteredInstance gone : before.snapshot().instances()) {
      if (after.snapshot().find(gone.id()).isEmpty()) {
        ConsulNote.of(gone.instance()).ifPresent(note -> forget(gone, note));
      }
    }
  }

  private void forget(RegisteredInstance gone, ConsulNote note) {
    ServiceInstance instance = gone.instance();
    Place place = new Place(instance.service(), instance.id());
    boolean mayReturn = byId.remove(instance.id(), place);
    note.check()
        .ifPresent(
            check -> {
              if (byCheck.remove(check.id(), place)) {
                checks.forget(check.id());
              }
              // What the gateway itself checks nobody reports.
              if (mayReturn && check.http().isEmpty()) {
                lapsed.remember(check.id(), instance, note);
              }
            });
  }
}
