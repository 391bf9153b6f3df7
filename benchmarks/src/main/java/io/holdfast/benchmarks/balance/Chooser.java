package io.holdfast.benchmarks.balance;

import io.holdfast.loadbalancer.Affinity;

/** Somebody who chooses an instance for a request; ours or a peer. */
@FunctionalInterface
interface Chooser {

  /** Chooses once. Who does not go by affinity ignores it. */
  Object choose(Affinity affinity) throws Exception;
}
