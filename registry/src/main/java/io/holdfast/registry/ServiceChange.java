package io.holdfast.registry;

import java.util.List;

/**
 * The change from one snapshot of a service to a later one. Snapshots between the two may have been
 * skipped.
 *
 * @param before the snapshot that the listener was last told of, or the one at the time it was
 *     added
 * @param after the present snapshot
 */
public record ServiceChange(ServiceSnapshot before, ServiceSnapshot after) {

  /** The instances that are new, or have another epoch than before. */
  public List<RegisteredInstance> added() {
    return newcomers(before, after);
  }

  /** The instances that are gone, or have another epoch now. */
  public List<RegisteredInstance> removed() {
    return newcomers(after, before);
  }

  /** The instances whose description has changed; as they are now. */
  public List<RegisteredInstance> updated() {
    return after.instances().stream()
        .filter(
            now ->
                before
                    .find(now.id())
                    .filter(then -> then.epoch().equals(now.epoch()))
                    .filter(then -> !then.instance().equals(now.instance()))
                    .isPresent())
        .toList();
  }

  private static List<RegisteredInstance> newcomers(ServiceSnapshot from, ServiceSnapshot to) {
    return to.instances().stream()
        .filter(
            there ->
                from.find(there.id()).filter(same -> same.epoch().equals(there.epoch())).isEmpty())
        .toList();
  }
}
