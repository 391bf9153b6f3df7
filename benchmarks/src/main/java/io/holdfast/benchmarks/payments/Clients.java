package io.holdfast.benchmarks.payments;

import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Those who ask a bank for transfers of one kind. */
final class Clients {

  private final Bank bank;
  private final Function<SplittableRandom, Transfer.Request> kind;
  private final AtomicLong refused = new AtomicLong();
  private volatile @Nullable String lastRefusal;

  Clients(Bank bank, Function<SplittableRandom, Transfer.Request> kind) {
    this.bank = bank;
    this.kind = kind;
  }

  /**
   * How long transfers took.
   *
   * @param millis of each, in order
   */
  record Latencies(List<Double> millis) {
    double percentile(double percent) {
      return millis.get((int) Math.min(millis.size() - 1.0, millis.size() * percent / 100));
    }
  }

  /** What was not done, for whatever reason. */
  long refused() {
    return refused.get();
  }

  /** One of the reasons; empty if there is none. */
  String why() {
    String why = lastRefusal;
    return why == null ? "" : why;
  }

  /**
   * How many transfers a second so many clients make, each with one under way. The clock stops when
   * nothing is left to be done behind.
   */
  double perSecond(int clients, Duration duration) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      long start = System.nanoTime();
      List<Callable<Long>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        SplittableRandom random = new SplittableRandom(i);
        all.add(() -> one(random, start + duration.toNanos()));
      }
      long done = 0;
      for (Future<Long> each : threads.invokeAll(all)) {
        done += each.get();
      }
      bank.settle();
      return done * 1e9 / (System.nanoTime() - start);
    } finally {
      threads.shutdownNow();
    }
  }

  private long one(SplittableRandom random, long end) {
    long done = 0;
    while (System.nanoTime() < end) {
      try {
        done += isDone(bank.pay(kind.apply(random)).join(), null) ? 1 : 0;
      } catch (CompletionException e) {
        isDone(null, e);
      }
    }
    return done;
  }

  private boolean isDone(@Nullable Reply reply, @Nullable Throwable failure) {
    if (reply != null && reply.refusal().isEmpty()) {
      return true;
    }
    refused.incrementAndGet();
    lastRefusal = String.valueOf(failure == null ? reply : failure);
    return false;
  }

  /**
   * Transfers that come at random times, so many a second on average, whether or not those before
   * are done. A transfer's time begins when it was due, so a stall counts for all that came then.
   *
   * @param warmUp transfers due within that do not count
   */
  Latencies arriving(double perSecond, Duration warmUp, Duration duration) {
    SplittableRandom random = new SplittableRandom(1);
    Queue<Double> millis = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<?>> all = new ArrayList<>();
    long start = System.nanoTime();
    double seconds = 0;
    while (seconds * 1e9 < warmUp.plus(duration).toNanos()) {
      seconds += -Math.log(1 - random.nextDouble()) / perSecond;
      long due = start + (long) (seconds * 1e9);
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      boolean counts = due - start > warmUp.toNanos();
      all.add(
          bank.pay(kind.apply(random))
              .handle(
                  (reply, failure) -> {
                    if (isDone(reply, failure) && counts) {
                      millis.add((System.nanoTime() - due) / 1e6);
                    }
                    return true;
                  }));
    }
    CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).join();
    return new Latencies(millis.stream().sorted().toList());
  }
}
