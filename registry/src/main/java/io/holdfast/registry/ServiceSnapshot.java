package io.holdfast.registry;

import io.holdfast.coordination.Revision;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The instances of a service at some revision. Immutable.
 *
 * @param service the service's name
 * @param revision the latest change that is known to be in here; {@link Revision#NONE} before the
 *     cluster was heard for the first time
 * @param freshness how far to trust it
 * @param instances by id, whatever their status
 */
public record ServiceSnapshot(
    String service, Revision revision, Freshness freshness, List<Registered> instances) {

  private static final Comparator<Registered> BY_ID = Comparator.comparing(Registered::id);

  public ServiceSnapshot {
    instances = instances.stream().sorted(BY_ID).toList();
  }

  /** What a view shows before the cluster was heard: nobody, and not to be trusted. */
  public static ServiceSnapshot unknown(String service) {
    return new ServiceSnapshot(service, Revision.NONE, Freshness.STALE, List.of());
  }

  /** The same content, trusted differently. */
  public ServiceSnapshot withFreshness(Freshness other) {
    return new ServiceSnapshot(service, revision, other, instances);
  }

  /** True if nobody is registered. */
  public boolean isEmpty() {
    return instances.isEmpty();
  }

  /** The instance with this id. Takes logarithmic time. */
  public Optional<Registered> find(String id) {
    int low = 0;
    int high = instances.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Registered candidate = instances.get(middle);
      int order = candidate.id().compareTo(id);
      if (order == 0) {
        return Optional.of(candidate);
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Optional.empty();
  }

  /** Those that {@code wanted} accepts, by id. */
  public List<Registered> where(Predicate<? super ServiceInstance> wanted) {
    return instances.stream().filter(there -> wanted.test(there.instance())).toList();
  }

  /** Those that take new requests. */
  public List<Registered> up() {
    return where(instance -> instance.status() == InstanceStatus.UP);
  }

  /** Those in {@code zone}. */
  public List<Registered> inZone(String zone) {
    return where(instance -> instance.zone().equals(zone));
  }

  /** Those of {@code version}. */
  public List<Registered> ofVersion(String version) {
    return where(instance -> instance.version().equals(version));
  }

  /** Those that carry {@code tag}. */
  public List<Registered> tagged(String tag) {
    return where(instance -> instance.tags().contains(tag));
  }
}
