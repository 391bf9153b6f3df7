package io.holdfast.benchmarks.commit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many clients that move money for a while.
 *
 * <p>The clock stops when nothing is in doubt any more: a second phase that goes on behind is paid
 * for by whoever has left it.
 *
 * @param perSecond moves
 * @param medianMillis of one
 * @param failed moves that were not done
 */
record Load(double perSecond, double medianMillis, long failed) {

  /** What is moved between. */
  enum Accounts {
    /** Any of many is debited; each client credits some of its own, so that nobody deadlocks. */
    SPREAD,
    /** All debit the same one. */
    ONE_HOT
  }

  private static final int HOT = 0;
  private static final long LONGEST_SETTLING_SECONDS = 60;

  static Load run(Mover mover, Ledgers ledgers, int clients, Duration duration, Accounts accounts)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    AtomicLong failed = new AtomicLong();
    try {
      long start = System.nanoTime();
      List<Callable<long[]>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int client = i;
        all.add(() -> one(mover, client, clients, start + duration.toNanos(), accounts, failed));
      }
      List<Future<long[]>> done = threads.invokeAll(all);
      settle(mover, ledgers);
      double seconds = (System.nanoTime() - start) / 1e9;
      List<long[]> times = new ArrayList<>();
      for (Future<long[]> each : done) {
        times.add(each.get());
      }
      long[] sorted = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
      return new Load(
          sorted.length / seconds,
          sorted.length == 0 ? 0 : sorted[sorted.length / 2] / 1e6,
          failed.get());
    } finally {
      threads.shutdownNow();
    }
  }

  private static void settle(Mover mover, Ledgers ledgers) throws Exception {
    long end = System.nanoTime() + LONGEST_SETTLING_SECONDS * 1_000_000_000L;
    while (ledgers.inDoubt() > 0 || !mover.isSettled()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("something stays in doubt");
      }
      // The peers offer nothing to wait for; the clock runs on, so all pay the same for a look.
      Thread.sleep(2);
    }
  }

  private static long[] one(
      Mover mover, int client, int clients, long end, Accounts accounts, AtomicLong failed) {
    SplittableRandom random = new SplittableRandom(client);
    int own = Math.max(1, (Ledgers.ACCOUNTS - 1) / clients);
    long[] times = new long[1_024];
    int count = 0;
    for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
      int from = accounts == Accounts.ONE_HOT ? HOT : 1 + random.nextInt(Ledgers.ACCOUNTS - 1);
      int to = 1 + (client * own + random.nextInt(own)) % (Ledgers.ACCOUNTS - 1);
      if (!moved(mover, from, to)) {
        failed.incrementAndGet();
        continue;
      }
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      times[count++] = System.nanoTime() - now;
    }
    return Arrays.copyOf(times, count);
  }

  private static boolean moved(Mover mover, int from, int to) {
    try {
      mover.move(from, to);
      return true;
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      return false;
    }
  }
}
