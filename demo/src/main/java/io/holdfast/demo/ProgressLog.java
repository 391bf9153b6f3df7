package io.holdfast.demo;

import io.holdfast.payment.load.LoadReport;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

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

  void tick() {
    demo.fleet().checkAlive();
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
