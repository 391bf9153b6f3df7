package io.holdfast.loadbalancer.internal.health;

import io.holdfast.registry.Evidence;
import io.holdfast.registry.Registered;

/** Receives what callers have seen of an instance, such as its view. */
@FunctionalInterface
public interface CallReporter {

  /** Any thread calls; does not block. */
  void report(Registered instance, Evidence seen);
}
