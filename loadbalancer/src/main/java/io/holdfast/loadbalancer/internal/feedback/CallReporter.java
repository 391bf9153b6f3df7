package io.holdfast.loadbalancer.internal.feedback;

import io.holdfast.registry.CallResult;
import io.holdfast.registry.RegisteredInstance;

/** Receives what callers have seen of an instance, such as its view. */
@FunctionalInterface
public interface CallReporter {

  /** Any thread calls; does not block. */
  void report(RegisteredInstance instance, CallResult seen);
}
