package io.holdfast.demo;

import io.holdfast.payment.load.LoadReport;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Tells how the load goes, a line a second. */
final class Progress {
  /** Prints a line, as {@link String#format} does. */
  interface Voice {
    void say(String format, Object... arguments);
  }

  private final Stage stage;
  private final Voice voice;
  private final long begun;
  private long nextLine;
  private long acknowledged;

  Progress(Stage stage, Voice voice, long begun) {
    this.stage = stage;
    this.voice = voice;
    this.begun = begun;
    this.nextLine = begun + Duration.ofSeconds(1).toNanos();
    this.acknowledged = stage.load().report().acknowledged();
  }

  void until(Duration sinceBegin) throws InterruptedException {
    while (System.nanoTime() - begun < sinceBegin.toNanos()) {
      tick();
      TimeUnit.NANOSECONDS.sleep(Stage.LOOK.toNanos());
    }
  }

  void tick() {
    stage.fleet().checkAlive();
    if (System.nanoTime() - nextLine < 0) {
      return;
    }
    nextLine += Duration.ofSeconds(1).toNanos();
    LoadReport now = stage.load().report();
    voice.say(
        "%3d s  %4d payments/s  acknowledged %6d  refused %d  p99 %.0f ms  shards %s",
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun),
        now.acknowledged() - acknowledged,
        now.acknowledged(),
        now.refused(),
        now.p99().toNanos() / 1e6,
        stage.owners());
    acknowledged = now.acknowledged();
  }
}
