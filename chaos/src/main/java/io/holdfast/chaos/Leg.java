package io.holdfast.chaos;

import io.holdfast.chaos.fault.Store;
import java.util.List;

/**
 * A part of a {@link Plan}: one cluster, every workload at work on it, and one fault after another.
 *
 * @param store the kind of cluster
 * @param provider what it runs on
 * @param seed of the order, of what clients do and of whom the faults hit
 * @param faults by name
 */
public record Leg(Store store, String provider, long seed, List<String> faults) {

  public Leg {
    faults = List.copyOf(faults);
  }

  /** For files and messages. */
  public String name() {
    return store + "-" + provider + "-" + seed;
  }

  /** The options of a build that repeat this leg and nothing else. */
  public String replay() {
    return "-Dholdfast.store=%s -Dholdfast.cluster=%s -Dholdfast.seed=%d -Dholdfast.faults=%s"
        .formatted(store, provider, seed, String.join(",", faults));
  }
}
