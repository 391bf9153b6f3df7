package io.holdfast.registry.internal.view;

import io.holdfast.admin.DirectoryListing;
import io.holdfast.admin.UnreadableEntry;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.internal.format.InstanceLimits;
import io.holdfast.spi.Consistency;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Reads services once, up to date, without a view. Futures complete in the context. */
public final class ServiceReader {

  private final Coordinator coordinator;
  private final RegistryFormat format;
  private final Clock clock;

  public ServiceReader(Coordinator coordinator, RegistryFormat format, Clock clock) {
    this.coordinator = coordinator;
    this.format = format;
    this.clock = clock;
  }

  /**
   * A service.
   *
   * @param snapshot its instances
   * @param unreadable entries of its directory that are none
   */
  public record Service(ServiceSnapshot snapshot, List<UnreadableEntry> unreadable) {}

  /** The names of all services, sorted, and what stands beside them and is none. */
  public CompletableFuture<DirectoryListing<String>> names() {
    return coordinator
        .reading()
        .thenCompose(reading -> reading.names(format.services(), Consistency.LINEARIZABLE))
        .thenApply(there -> serviceNames(format.services(), there));
  }

  /** Those of the names {@code there} that are services, and the others. */
  static DirectoryListing<String> serviceNames(Key services, List<String> there) {
    return DirectoryListing.names(
        services, there, name -> Optional.of(name).filter(InstanceLimits::isName), "service");
  }

  /**
   * The instances of a service.
   *
   * @throws IllegalArgumentException if {@code service} is not a name
   */
  public CompletableFuture<Service> read(String service) {
    Key directory = format.directory(InstanceLimits.name("service", service));
    InstanceReader reader = new InstanceReader(service, format);
    return coordinator
        .reading()
        .thenCompose(reading -> reading.list(directory, Consistency.LINEARIZABLE))
        .thenApply(reader::read)
        .thenApply(
            reading ->
                new Service(
                    new ServiceSnapshot(
                        service,
                        reading.revision(),
                        Freshness.LIVE,
                        reading.instances(),
                        clock.instant()),
                    reader.unreadable()));
  }
}
