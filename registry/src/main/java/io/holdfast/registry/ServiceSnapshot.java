package io.holdfast.registry;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.internal.view.InstancesById;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The instances of a service at some revision. Immutable.
 *
 * @param service the service's name
 * @param revision the latest change that it is known to contain; {@link Revision#NONE} before the
 *     cluster's first answer
 * @param freshness how current it is
 * @param instances by id, whatever their status
 * @param asOf when the cluster last confirmed it, by this machine's clock; {@link Instant#EPOCH} if
 *     it never did
 */
public record ServiceSnapshot(
    String service,
    Revision revision,
    Freshness freshness,
    List<RegisteredInstance> instances,
    Instant asOf) {

  public ServiceSnapshot {
    instances = InstancesById.of(instances);
  }

  /** Instances of unknown age. */
  public ServiceSnapshot(
      String service, Revision revision, Freshness freshness, List<RegisteredInstance> instances) {
    this(service, revision, freshness, instances, Instant.EPOCH);
  }

  /** What a view shows before the cluster's first answer: no instances, marked as not current. */
  public static ServiceSnapshot unknown(String service) {
    return new ServiceSnapshot(service, Revision.NONE, Freshness.STALE, List.of());
  }

  /** The same content with another freshness. */
  public ServiceSnapshot withFreshness(Freshness other) {
    return new ServiceSnapshot(service, revision, other, instances, asOf);
  }

  /**
   * The age of the snapshot: zero while it is {@link Freshness#LIVE} or {@link
   * Freshness#PROTECTED}, and the time since {@link #asOf} otherwise.
   *
   * @param now by this machine's clock, such as {@code Instant.now()}
   * @return empty if it is unknown, because the cluster has never answered
   */
  public Optional<Duration> age(Instant now) {
    if (isCurrent() || now.isBefore(asOf)) {
      return Optional.of(Duration.ZERO);
    }
    return asOf.equals(Instant.EPOCH) ? Optional.empty() : Optional.of(Duration.between(asOf, now));
  }

  /** True while the watch on the cluster is active: {@link Freshness#LIVE} or PROTECTED. */
  public boolean isCurrent() {
    return freshness == Freshness.LIVE || freshness == Freshness.PROTECTED;
  }

  /** True if no instance is registered. */
  public boolean isEmpty() {
    return instances.isEmpty();
  }

  /** The instance with this id. Takes logarithmic time. */
  public Optional<RegisteredInstance> find(String id) {
    return InstancesById.of(instances).find(id);
  }

  /** Those that {@code wanted} accepts, by id. */
  public List<RegisteredInstance> where(Predicate<? super ServiceInstance> wanted) {
    return instances.stream().filter(there -> wanted.test(there.instance())).toList();
  }

  /** Those that take new requests. */
  public List<RegisteredInstance> up() {
    return where(instance -> instance.status() == InstanceStatus.UP);
  }

  /** Those that the cluster no longer names; each carries why it is shown, and until when. */
  public List<RegisteredInstance> held() {
    return instances.stream().filter(RegisteredInstance::isHeld).toList();
  }

  /** Those in {@code region}. */
  public List<RegisteredInstance> inRegion(String region) {
    return where(instance -> instance.region().equals(region));
  }

  /** Those in {@code zone}. */
  public List<RegisteredInstance> inZone(String zone) {
    return where(instance -> instance.zone().equals(zone));
  }

  /** Those of {@code version}. */
  public List<RegisteredInstance> ofVersion(String version) {
    return where(instance -> instance.version().equals(version));
  }

  /** Those that carry {@code tag}. */
  public List<RegisteredInstance> tagged(String tag) {
    return where(instance -> instance.tags().contains(tag));
  }
}
