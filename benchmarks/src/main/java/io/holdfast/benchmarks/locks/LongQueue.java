package io.holdfast.benchmarks.locks;

import io.holdfast.benchmarks.measure.Duel;
import io.holdfast.benchmarks.measure.Result;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Session;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What it costs that many wait for one lock, all of them in one process and each with a place of
 * its own in the cluster's queue.
 *
 * @param backend on which store
 * @param waiters how many were waiting
 * @param seconds until all were waiting
 * @param bytes how much more heap was in use, for each
 * @param handOff the median from the begin of a release to the next one's acquisition, in
 *     microseconds
 */
record LongQueue(String backend, int waiters, double seconds, long bytes, double handOff) {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final double MOST_SECONDS = 60;
  private static final double MOST_BYTES = 2_048;
  private static final double LEAST_RATIO = 1 / 1.5;

  /** How many hand-offs are not counted, since the compiler is not through. */
  private static final int WARM_UP = 4;

  private static final int HAND_OFFS = 60;

  /** Lets one coordinator hold a lock and another wait for it, {@code waiters} times. */
  static LongQueue measure(String backend, String uri, int waiters) {
    String name = "long" + waiters;
    try (Coordinator holder = Coordinator.connect(uri);
        Coordinator waiter = Coordinator.connect(uri)) {
      LockGrant held = new Locks(holder).lock(name).exclusive().tryAcquire().orElseThrow();
      DistributedLock lock = new Locks(waiter).lock(name, LockConfig.unshared()).exclusive();
      Session session = waiter.session().join();
      List<CompletableFuture<LockGrant>> waits = new ArrayList<>();
      long memory = usedMemory();
      long start = System.nanoTime();
      for (int i = 0; i < waiters; i++) {
        waits.add(lock.acquireAsync());
      }
      awaitQueued(session, Key.of("locks", name), waiters, start);
      double seconds = (System.nanoTime() - start) / 1e9;
      long bytes = (usedMemory() - memory) / waiters;
      return new LongQueue(backend, waiters, seconds, bytes, handOff(held, waits));
    }
  }

  private static void awaitQueued(Session session, Key queue, int waiters, long start) {
    long pause = TimeUnit.MILLISECONDS.toNanos(20 + waiters / 20);
    while (session.names(queue, Consistency.SEQUENTIAL).join().size() <= waiters) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IllegalStateException("not all wait after " + PATIENCE);
      }
      LockSupport.parkNanos(pause);
    }
  }

  private static double handOff(LockGrant first, List<CompletableFuture<LockGrant>> waits) {
    List<Double> micros = new ArrayList<>();
    LockGrant held = first;
    for (CompletableFuture<LockGrant> next : waits.subList(0, Math.min(HAND_OFFS, waits.size()))) {
      long released = System.nanoTime();
      held.release();
      held = next.join();
      micros.add((System.nanoTime() - released) / 1e3);
    }
    held.release();
    return Duel.median(micros.subList(Math.min(WARM_UP, micros.size() / 2), micros.size()));
  }

  @SuppressWarnings("System.gc")
  private static long usedMemory() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /**
   * The figures beside what they may be.
   *
   * @param shortest the same with few waiters
   */
  List<Result> beside(LongQueue shortest) {
    String many = waiters + " waiters of one process on one lock";
    return List.of(
        atMost(many + ", until all have joined", "s", seconds, MOST_SECONDS),
        atMost(many + ", heap for each", "bytes", (double) bytes, MOST_BYTES),
        new Result(
            many + ", hand-off p50",
            backend,
            "with " + shortest.waiters,
            handOff,
            shortest.handOff,
            "µs",
            shortest.handOff / handOff,
            LEAST_RATIO));
  }

  private Result atMost(String name, String unit, double value, double limit) {
    return new Result(name, backend, "limit", value, limit, unit, limit / value, 1);
  }
}
