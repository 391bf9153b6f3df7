package io.holdfast.registry.internal.publication;

import io.holdfast.registry.ServiceInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * The desired state of a published instance, the part of it that the cluster holds, and the callers
 * that wait for the rest.
 */
final class DesiredState {

  /** The number of no target at all. */
  static final long NONE = 0;

  /** A target, numbered in the order given. */
  record Target(long number, ServiceInstance instance) {}

  /** A caller that waits for a target, or a later one, to be reached. */
  private record Waiter(long number, CompletableFuture<Void> done) {}

  /** Written by any thread. */
  private final AtomicReference<Target> latest;

  /** The number of the target that the cluster holds. Written in the context only. */
  private volatile long reached = NONE;

  /** Used in the context only. */
  private final List<Waiter> waiters = new ArrayList<>();

  DesiredState(ServiceInstance first) {
    latest = new AtomicReference<>(new Target(NONE + 1, first));
  }

  // From any thread.

  Target latest() {
    return Objects.requireNonNull(latest.get());
  }

  boolean isReached() {
    return reached == latest().number();
  }

  Target change(UnaryOperator<ServiceInstance> change) {
    return Objects.requireNonNull(
        latest.updateAndGet(
            before -> new Target(before.number() + 1, changed(before.instance(), change))));
  }

  private static ServiceInstance changed(
      ServiceInstance before, UnaryOperator<ServiceInstance> change) {
    ServiceInstance now = change.apply(before);
    if (!now.service().equals(before.service()) || !now.id().equals(before.id())) {
      throw new IllegalArgumentException(
          "an update keeps service and id: %s/%s is not %s/%s"
              .formatted(now.service(), now.id(), before.service(), before.id()));
    }
    return now;
  }

  // In the context.

  void await(Target target, CompletableFuture<Void> done) {
    if (target.number() <= reached) {
      done.complete(null);
    } else {
      waiters.add(new Waiter(target.number(), done));
    }
  }

  /** The cluster holds this one now, or {@link #NONE}. */
  void reached(long number) {
    reached = number;
    List<Waiter> served = waiters.stream().filter(one -> one.number() <= number).toList();
    waiters.removeAll(served);
    served.forEach(one -> one.done().complete(null));
  }

  /** Nothing more will be reached. */
  void giveUp(RuntimeException reason) {
    reached = NONE;
    List<Waiter> left = List.copyOf(waiters);
    waiters.clear();
    left.forEach(one -> one.done().completeExceptionally(reason));
  }
}
