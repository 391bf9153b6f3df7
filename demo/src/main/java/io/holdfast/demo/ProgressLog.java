package io.holdfast.demo;

import io.holdfast.payment.load.LoadReport;
import io.holdfast.payment.load.Recovery;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Prints the progress of the load, a line a second. */
final class ProgressLog {
  /** Prints a line, as {@link String#format} does. */
  interface Printer {
    void say(String format, Object... arguments);
  }

  private final RunningDemo demo;
  private final Printer printer;
  private final long begun;
  private long nextLine;
  private long acknowledged;

  ProgressLog(RunningDemo demo, Printer printer, long begun) {
    this.demo = demo;
    this.printer = printer;
    this.begun = begun;
    this.nextLine = begun + Duration.ofSeconds(1).toNanos();
    this.acknowledged = demo.load().report().acknowledged();
  }

  void until(Duration sinceBegin) throws InterruptedException {
    while (System.nanoTime() - begun < sinceBegin.toNanos()) {
      tick();
      TimeUnit.NANOSECONDS.sleep(RunningDemo.POLL_INTERVAL.toNanos());
    }
  }

  /**
   * Waits for something, and prints meanwhile.
   *
   * @throws IllegalStateException if it takes longer than {@code bound}
   */
  void await(BooleanSupplier condition, Duration bound) throws InterruptedException {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > bound.toNanos()) {
        throw new IllegalStateException("not so within " + bound + ": " + demo.owners());
      }
      tick();
      TimeUnit.NANOSECONDS.sleep(RunningDemo.POLL_INTERVAL.toNanos());
    }
  }

  /**
   * Waits until all of these shards have taken a payment again.
   *
   * @return how long it took, from the begin of {@code recovery}
   * @throws IllegalStateException if that takes longer than {@code bound}
   */
  Duration awaitPayments(Recovery recovery, Set<Integer> shards, Duration bound)
      throws InterruptedException {
    await(() -> recovery.longest(shards).isPresent(), bound);
    return recovery.longest(shards).orElseThrow();
  }

  void tick() {
    demo.checkAlive();
    if (System.nanoTime() - nextLine < 0) {
      return;
    }
    nextLine += Duration.ofSeconds(1).toNanos();
    LoadReport now = demo.load().report();
    printer.say(
        "%3d s  %4d payments/s  acknowledged %6d  refused %d  p99 %.0f ms  shards %s",
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun),
        now.acknowledged() - acknowledged,
        now.acknowledged(),
        now.refused(),
        now.p99().toNanos() / 1e6,
        demo.owners());
    acknowledged = now.acknowledged();
  }
}
