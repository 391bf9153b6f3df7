package io.holdfast.loadbalancer;

import java.util.List;

/**
 * One balancer's way to make pickers. May keep state from one picker to the next, such as who
 * sticks to whom.
 */
@FunctionalInterface
interface Scheme {

  /** A scheme made for a balancer that gets its chances from {@code dice}. */
  @FunctionalInterface
  interface Factory {
    Scheme create(Dice dice);
  }

  /**
   * A picker over {@code endpoints}.
   *
   * @param endpoints that may be chosen, by id; may be empty. Each weight is positive
   */
  Picker picker(List<Endpoint> endpoints);
}
