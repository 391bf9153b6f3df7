package io.holdfast.gateway;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.ServiceSnapshot;

/**
 * A service as the doors show it. Immutable.
 *
 * @param service its name
 * @param index grows with each change of its instances; a later one may be shown by another gateway
 *     for the same instances. At least 1
 * @param snapshot its instances, with the notes of the gateways in their metadata
 */
public record ServiceState(String service, long index, ServiceSnapshot snapshot) {

  /** True once the store, or the disk, has said which instances there are. */
  public boolean isKnown() {
    return snapshot.isCurrent()
        || snapshot.freshness() == Freshness.DISK
        || !snapshot.revision().equals(Revision.NONE);
  }
}
