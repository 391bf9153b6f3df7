package io.holdfast.registry.admin;

import io.holdfast.admin.DirectoryListing;
import io.holdfast.admin.UnreadableEntry;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.RegistryOptions;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.StatusOverride;
import io.holdfast.registry.internal.drain.Drain;
import io.holdfast.registry.internal.format.InstanceLimits;
import io.holdfast.registry.internal.publication.InstanceMarkers;
import io.holdfast.registry.internal.publication.StatusOverrides;
import io.holdfast.registry.internal.view.ServiceReader;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Operations on the instances of other processes, for operators and their tools. Every change gets
 * an entry in the audit trail. Owns no thread and no watch: there is nothing to close. Safe for use
 * by many threads.
 */
public final class RegistryAdmin {

  private final Coordinator coordinator;
  private final RegistryFormat format;
  private final StatusOverrides overrides;
  private final ServiceReader reader;
  private final Clock clock = Clock.systemUTC();

  /** In our own format, with {@link RegistryOptions#defaults}. */
  public RegistryAdmin(Coordinator coordinator) {
    this(coordinator, RegistryOptions.defaults(coordinator.options()), RegistryFormat.holdfast());
  }

  /**
   * As a {@link Registry} with the same arguments would see it.
   *
   * @param options of which only the {@link RegistryOptions#patience} counts
   * @param format if it is foreign, instances can be inspected and nothing can be changed
   */
  public RegistryAdmin(Coordinator coordinator, RegistryOptions options, RegistryFormat format) {
    this.coordinator = coordinator;
    this.format = format;
    this.overrides = new StatusOverrides(coordinator, options.patience());
    this.reader = new ServiceReader(coordinator, format, clock);
  }

  /**
   * Like {@link Registry#services}, and also lists the entries that are not services.
   *
   * @return fails and waits as {@link Registry#services} does
   */
  public CompletableFuture<DirectoryListing<String>> inspectServices() {
    return told(reader.names());
  }

  /**
   * Like {@link Registry#list}, and also lists the entries that cannot be read.
   *
   * @return fails and waits as {@link Registry#services} does
   * @throws IllegalArgumentException if {@code service} is not a name
   */
  public CompletableFuture<Inspection> inspect(String service) {
    return told(
        reader.read(service).thenApply(read -> new Inspection(read.snapshot(), read.unreadable())));
  }

  /**
   * A service as {@link #inspect} shows it.
   *
   * @param snapshot its instances
   * @param unreadable the entries beside them that cannot be read
   */
  public record Inspection(ServiceSnapshot snapshot, List<UnreadableEntry> unreadable) {

    public Inspection {
      unreadable = List.copyOf(unreadable);
    }
  }

  /**
   * Sets the status that all views show of an instance, whatever it says of itself, until {@link
   * #clearOverride}; it need not be registered. See {@link StatusOverride}.
   *
   * @param by the operator's name, for the audit
   * @param why for the audit
   * @return fails with {@link UnavailableException} after {@link RegistryOptions#patience}; it may
   *     have taken effect then
   * @throws UnsupportedOperationException if the registry's format is foreign
   */
  public CompletableFuture<Void> override(
      String service, String id, InstanceStatus status, String by, String why) {
    return told(overridden(service, id, new StatusOverride(status, by, why, clock.instant())));
  }

  private CompletableFuture<Void> overridden(String service, String id, StatusOverride override) {
    return overrides.set(key(service, id), override);
  }

  /**
   * Drains an instance of another process: {@link #override}s its status with {@link
   * InstanceStatus#DRAINING}, and waits as {@link Registration#drain} does. The override stays,
   * whatever becomes of the instance, until {@link #clearOverride}.
   *
   * @param by the operator's name, for the audit
   * @param why for the audit
   * @param bound after which it completes all the same, naming the clients that are behind
   * @return fails with {@link UnavailableException} if the cluster did not take the override, or
   *     does not know the instance, within the bound
   * @throws UnsupportedOperationException if the format is a foreign one
   */
  public CompletableFuture<DrainResult> drain(
      String service, String id, String by, String why, Duration bound) {
    Drain drain = new Drain(coordinator, format, service, id, bound);
    StatusOverride draining = new StatusOverride(InstanceStatus.DRAINING, by, why, clock.instant());
    return drain.noteViewers().start(overridden(service, id, draining));
  }

  /**
   * Takes an {@link #override} back. Does nothing, and notes nothing, if there is none.
   *
   * @param by the operator's name, for the audit
   * @param why for the audit
   * @return false if there was none; fails as {@link #override} does
   */
  public CompletableFuture<Boolean> clearOverride(
      String service, String id, String by, String why) {
    return told(overrides.clear(key(service, id), by, why));
  }

  /**
   * Removes the entry of an instance of any process, for an entry that was left behind. If the
   * process is alive, it publishes the entry again; use {@link #override} to keep it out. Views
   * treat the removal as a crash. Does nothing if there is none.
   *
   * @param by the operator's name, for the audit
   * @param why for the audit
   * @return fails as {@link #override} does
   */
  public CompletableFuture<Void> deregister(String service, String id, String by, String why) {
    return told(overrides.deregister(key(service, id), by, why));
  }

  private Key key(String service, String id) {
    if (!InstanceMarkers.areIn(format)) {
      throw new UnsupportedOperationException("a foreign format has no place for overrides");
    }
    InstanceLimits.id(id);
    return format.directory(InstanceLimits.name("service", service)).child(id);
  }

  private <T> CompletableFuture<T> told(CompletableFuture<T> here) {
    return coordinator.context().told(here);
  }
}
