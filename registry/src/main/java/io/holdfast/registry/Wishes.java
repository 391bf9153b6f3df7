package io.holdfast.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * What an instance is meant to say of itself, how much of that the cluster holds, and who waits for
 * the rest.
 */
final class Wishes {

  /** The number of no wish at all. */
  static final long NONE = 0;

  /** A wish, numbered in the order given. */
  record Wish(long number, ServiceInstance instance) {}

  /** Somebody who waits for a wish, or a later one, to come true. */
  private record Waiter(long number, CompletableFuture<Void> done) {}

  /** Written by any thread. */
  private final AtomicReference<Wish> latest;

  /** The number of the wish that the cluster holds. Written in the context only. */
  private volatile long fulfilled = NONE;

  /** Used in the context only. */
  private final List<Waiter> waiters = new ArrayList<>();

  Wishes(ServiceInstance first) {
    latest = new AtomicReference<>(new Wish(NONE + 1, first));
  }

  // From any thread.

  Wish latest() {
    return Objects.requireNonNull(latest.get());
  }

  boolean areFulfilled() {
    return fulfilled == latest().number();
  }

  Wish change(UnaryOperator<ServiceInstance> change) {
    return Objects.requireNonNull(
        latest.updateAndGet(
            before -> new Wish(before.number() + 1, changed(before.instance(), change))));
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

  void await(Wish wish, CompletableFuture<Void> done) {
    if (wish.number() <= fulfilled) {
      done.complete(null);
    } else {
      waiters.add(new Waiter(wish.number(), done));
    }
  }

  /** The cluster holds this one now, or {@link #NONE}. */
  void fulfilled(long number) {
    fulfilled = number;
    List<Waiter> served = waiters.stream().filter(one -> one.number() <= number).toList();
    waiters.removeAll(served);
    served.forEach(one -> one.done().complete(null));
  }

  /** Nothing more will be fulfilled. */
  void giveUp(RuntimeException reason) {
    fulfilled = NONE;
    List<Waiter> left = List.copyOf(waiters);
    waiters.clear();
    left.forEach(one -> one.done().completeExceptionally(reason));
  }
}
