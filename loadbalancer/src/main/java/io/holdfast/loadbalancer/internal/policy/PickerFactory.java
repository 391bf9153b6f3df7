package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.util.List;

/**
 * Makes the pickers of one balancer. May keep state from one picker to the next, such as the keys
 * that stick to an instance.
 */
@FunctionalInterface
public interface PickerFactory {

  /**
   * A picker over {@code endpoints}.
   *
   * @param endpoints that may be chosen, by id; may be empty. Each weight is positive
   */
  Picker picker(List<TrackedEndpoint> endpoints);
}
