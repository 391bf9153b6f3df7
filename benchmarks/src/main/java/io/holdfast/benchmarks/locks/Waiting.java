package io.holdfast.benchmarks.locks;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
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
 * What it costs to wait for locks that another process holds, without a thread for each.
 *
 * @param backend on which store
 * @param waiters how many were waiting
 * @param threads how many more threads there were than before
 * @param bytes how much more memory was in use, for each
 * @param seconds until all were waiting
 */
record Waiting(String backend, int waiters, int threads, long bytes, double seconds) {

  private static final int TO_A_LOCK = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Lets one coordinator hold the locks and another wait, up to {@code waiters} times. */
  static Waiting measure(String backend, String uri, int waiters) {
    int locks = Math.max(1, waiters / TO_A_LOCK);
    try (Coordinator holder = Coordinator.connect(uri);
        Coordinator waiter = Coordinator.connect(uri)) {
      List<LockGrant> held = new ArrayList<>();
      for (int i = 0; i < locks; i++) {
        held.add(new Locks(holder).lock("wait" + i).exclusive().tryAcquire().orElseThrow());
      }
      Waiting measured = wait(backend, waiter, waiters, locks);
      held.forEach(LockGrant::release);
      return measured;
    }
  }

  private static Waiting wait(String backend, Coordinator waiter, int waiters, int locks) {
    long memory = usedMemory();
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    Locks all = new Locks(waiter);
    List<CompletableFuture<LockGrant>> waits = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < waiters; i++) {
      waits.add(all.lock("wait" + i % locks, LockConfig.unshared()).exclusive().acquireAsync());
    }
    Session session = waiter.session().join();
    int there = 0;
    while (there < waiters && System.nanoTime() - start < PATIENCE.toNanos()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      there = queued(session, locks);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    int more = ManagementFactory.getThreadMXBean().getThreadCount() - threads;
    long bytes = (usedMemory() - memory) / Math.max(1, waiters);
    waits.forEach(wait -> wait.cancel(false));
    return new Waiting(backend, there, more, bytes, seconds);
  }

  private static int queued(Session session, int locks) {
    int queued = 0;
    for (int i = 0; i < locks; i++) {
      Key queue = Key.of("locks", "wait" + i);
      queued += session.names(queue, Consistency.SEQUENTIAL).join().size() - 1;
    }
    return queued;
  }

  @SuppressWarnings("System.gc")
  private static long usedMemory() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
