package io.holdfast.payment.files;

import io.holdfast.cli.console.Output;
import io.holdfast.payment.files.Outcomes.Outcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Tells how far a run is: on a terminal in one line that changes, else a line now and then. */
final class ProgressLine {

  private static final long ON_TERMINAL = Duration.ofMillis(200).toNanos();
  private static final long ELSEWHERE = Duration.ofSeconds(5).toNanos();

  private final Output output;
  private final Outcomes outcomes;
  private final int before;
  private final long begun = System.nanoTime();
  private final AtomicLong next;
  private volatile String waitingFor = "";

  ProgressLine(Output output, Outcomes outcomes) {
    this.output = output;
    this.outcomes = outcomes;
    this.before = finished();
    this.next = new AtomicLong(begun + (output.status("") ? ON_TERMINAL : ELSEWHERE));
  }

  /** A payment had its outcome. */
  void moved() {
    waitingFor = "";
    show();
  }

  /** A payment had none, and will be asked for again. */
  void waiting(String why) {
    waitingFor = why;
    show();
  }

  /** Takes the line off a terminal. */
  void clear() {
    output.status("");
  }

  private int finished() {
    return outcomes.paid() + outcomes.count(Outcome.REFUSED);
  }

  private void show() {
    long due = next.get();
    long now = System.nanoTime();
    if (now - due < 0 || !next.compareAndSet(due, now + ON_TERMINAL)) {
      return;
    }
    String text = text(now);
    if (!output.status(text)) {
      next.set(now + ELSEWHERE);
      output.errLine(text);
    }
  }

  private String text(long now) {
    int finished = finished();
    double seconds = Math.max(1e-3, (now - begun) / 1e9);
    String waiting = waitingFor;
    return "%d of %d, refused %d, %.0f/s%s"
        .formatted(
            finished,
            outcomes.size(),
            outcomes.count(Outcome.REFUSED),
            (finished - before) / seconds,
            waiting.isEmpty() ? "" : "; waiting: " + waiting);
  }
}
