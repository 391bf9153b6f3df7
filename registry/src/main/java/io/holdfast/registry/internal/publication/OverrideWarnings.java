package io.holdfast.registry.internal.publication;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.StatusOverride;
import io.holdfast.registry.internal.format.HoldfastFormat;
import io.holdfast.registry.internal.format.InstanceJson.MalformedException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.ReadAccess;
import io.holdfast.spi.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns when an instance is registered whose status an operator has overridden before: to drain the
 * process that had its id, for instance. It would look healthy, and get no requests.
 *
 * <p>Costs a read of names for each registration, one for all that are made together, and more only
 * where there is an override. Used in the coordinator's context only.
 */
public final class OverrideWarnings {

  private static final Logger LOG = LoggerFactory.getLogger(OverrideWarnings.class);

  private final Coordinator coordinator;

  /** By directory, the instances that the next read is for. */
  private final Map<Key, List<ServiceInstance>> asked = new HashMap<>();

  public OverrideWarnings(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  /** Warns if there is reason to. Not if it cannot be found out: others see it in time. */
  public void warnOf(ServiceInstance registered) {
    Key directory = HoldfastFormat.DIRECTORY.child(registered.service());
    List<ServiceInstance> together = asked.get(directory);
    if (together == null) {
      together = new ArrayList<>();
      asked.put(directory, together);
      coordinator.context().execute(() -> look(directory));
    }
    together.add(registered);
  }

  private void look(Key directory) {
    List<ServiceInstance> registered = asked.remove(directory);
    if (registered == null || coordinator.isClosed()) {
      return;
    }
    coordinator
        .reading()
        .thenCompose(
            reading ->
                reading
                    .names(directory, Consistency.SEQUENTIAL)
                    .thenCompose(names -> overridden(reading, directory, registered, names)))
        .exceptionally(
            failure -> {
              LOG.debug("cannot tell whether instances in {} are overridden", directory, failure);
              return null;
            });
  }

  private static CompletableFuture<Void> overridden(
      ReadAccess reading, Key directory, List<ServiceInstance> registered, List<String> names) {
    List<ServiceInstance> marked =
        registered.stream().filter(each -> names.contains(mark(directory, each).name())).toList();
    return marked.isEmpty()
        ? CompletableFuture.completedFuture(null)
        : reading
            .list(directory, Consistency.SEQUENTIAL)
            .thenAccept(there -> marked.forEach(each -> warn(each, mark(directory, each), there)));
  }

  private static Key mark(Key directory, ServiceInstance instance) {
    return InstanceMarkers.override(directory.child(instance.id()));
  }

  private static void warn(ServiceInstance instance, Key mark, Snapshot there) {
    there.entries().stream()
        .filter(entry -> entry.key().equals(mark))
        .forEach(
            entry -> {
              try {
                warn(instance, InstanceMarkers.decodeOverride(entry.payload()));
              } catch (MalformedException e) {
                LOG.debug("cannot read {}", mark, e);
              }
            });
  }

  private static void warn(ServiceInstance instance, StatusOverride override) {
    InstanceStatus shown = override.over(instance.status());
    if (shown != instance.status()) {
      LOG.warn(
          "{}/{} is registered as {}, and yet views show it as {}: {} said so at {} ({}). That"
              + " stands until 'holdfast services clear-override {} {}'",
          instance.service(),
          instance.id(),
          instance.status(),
          shown,
          StatusOverrides.printable(override.by()),
          override.at(),
          StatusOverrides.printable(override.why()),
          instance.service(),
          instance.id());
    }
  }
}
