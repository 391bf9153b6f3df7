package io.holdfast.loadbalancer;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds an endpoint that is not excluded. */
final class Probe {

  private Probe() {}

  /** The first from {@code start} on, once around; null if all are excluded. */
  static @Nullable Endpoint from(Endpoint[] endpoints, int start, Set<String> exclude) {
    for (int step = 0; step < endpoints.length; step++) {
      Endpoint candidate = endpoints[(start + step) % endpoints.length];
      if (!exclude.contains(candidate.id())) {
        return candidate;
      }
    }
    return null;
  }
}
