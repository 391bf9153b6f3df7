package io.holdfast.gateway;

import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/** Clients that wait for a change: a future and a timer each, and no thread. */
final class FeedWaits {

  private final Vertx vertx;

  /** By service. */
  private final ConcurrentMap<String, Set<Wait>> waits = new ConcurrentHashMap<>();

  private final Set<Wait> ofAny = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  FeedWaits(Vertx vertx) {
    this.vertx = vertx;
  }

  /** One that waits. */
  private static final class Wait {
    private final LongSupplier index;
    private final CompletableFuture<Long> done = new CompletableFuture<>();

    Wait(LongSupplier index) {
      this.index = index;
    }

    void wake() {
      done.complete(index.getAsLong());
    }
  }

  CompletableFuture<Long> await(
      Optional<String> service, LongSupplier index, long seen, long millis) {
    Wait wait = new Wait(index);
    if (index.getAsLong() != seen || millis <= 0 || closed) {
      wait.wake();
      return wait.done;
    }
    long timer = vertx.setTimer(millis, fired -> wait.wake());
    add(service, wait);
    wait.done.whenComplete(
        (value, failure) -> {
          vertx.cancelTimer(timer);
          remove(service, wait);
        });
    // It may have changed before the wait was known.
    if (index.getAsLong() != seen || closed) {
      wait.wake();
    }
    return wait.done;
  }

  private void add(Optional<String> service, Wait wait) {
    if (service.isEmpty()) {
      ofAny.add(wait);
      return;
    }
    waits.compute(
        service.get(),
        (name, there) -> {
          Set<Wait> some = there == null ? ConcurrentHashMap.newKeySet() : there;
          some.add(wait);
          return some;
        });
  }

  private void remove(Optional<String> service, Wait wait) {
    if (service.isEmpty()) {
      ofAny.remove(wait);
      return;
    }
    waits.computeIfPresent(
        service.get(),
        (name, there) -> {
          there.remove(wait);
          return there.isEmpty() ? null : there;
        });
  }

  /** A service has changed. Those that wait for one that is not known may wait for this one. */
  void wake(String service) {
    Set<Wait> some = waits.get(service);
    if (some != null) {
      some.forEach(Wait::wake);
    }
    ofAny.forEach(Wait::wake);
  }

  /** Ends every wait, and lets none begin. */
  void close() {
    closed = true;
    waits.values().forEach(some -> some.forEach(Wait::wake));
    ofAny.forEach(Wait::wake);
  }
}
