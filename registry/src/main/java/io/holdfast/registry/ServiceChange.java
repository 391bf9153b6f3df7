package io.holdfast.registry;

import java.util.List;

/**
 * From one snapshot of a service to a later one. Snapshots between the two may have been left out.
 *
 * @param before what the listener was last told, or what was there when it began to listen
 * @param after what is there now
 */
public record ServiceChange(ServiceSnapshot before, ServiceSnapshot after) {

  /** Those that were not there before, or were there in another epoch. */
  public List<RegisteredInstance> added() {
    return newcomers(before, after);
  }

  /** Those that are no longer there, or are there in another epoch. */
  public List<RegisteredInstance> removed() {
    return newcomers(after, before);
  }

  /** Those that were there and now say something else of themselves; as they are now. */
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
