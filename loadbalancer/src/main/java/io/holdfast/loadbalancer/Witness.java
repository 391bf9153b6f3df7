package io.holdfast.loadbalancer;

import io.holdfast.registry.Evidence;
import io.holdfast.registry.Registered;

/** Who is told what callers have seen of an instance, such as its view. */
@FunctionalInterface
interface Witness {

  /** Any thread calls; does not block. */
  void report(Registered instance, Evidence seen);
}
