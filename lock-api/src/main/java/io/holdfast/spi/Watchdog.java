package io.holdfast.spi;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether an event loop gets on, and tells once of each task that holds it up;
 * of one of the first, which load classes, after a longer time. What a loop pays is to count its
 * tasks.
 */
final class Watchdog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final ScheduledThreadPoolExecutor THREAD =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread made = new Thread(task, "holdfast-watchdog");
            made.setDaemon(true);
            return made;
          });

  static {
    THREAD.setRemoveOnCancelPolicy(true);
  }

  /** A loop that has just started loads and compiles what it runs, which blocks nobody for long. */
  static final int FIRST_TASKS = 100;

  /** So many times the alarm a task may take among the first. */
  static final int FIRST_LOOKS = 5;

  private final String name;
  private final Duration alarm;
  private final Consumer<Throwable> teller;
  private final Future<?> looking;

  private final BooleanSupplier isBusy;

  /** Who works the tasks off, or has done so last. */
  private volatile @Nullable Thread runner;

  /** How many tasks have begun; only one thread at a time works. */
  private final AtomicLong begun = new AtomicLong();

  /** What the last look saw; used by the thread of all dogs only, as is all below. */
  private long seen = -1;

  /** How many looks in a row have seen the same task. */
  private int same;

  private boolean told;

  /**
   * A dog that barks in the log.
   *
   * @param isBusy whether a task is given and not done
   */
  Watchdog(String name, Duration alarm, BooleanSupplier isBusy) {
    this(
        name,
        alarm,
        isBusy,
        where ->
            LOG.warn(
                "{} has been held up for {} at least, and with it the session, its locks and"
                    + " registrations: nothing that runs there may block; here is what does",
                name,
                Durations.text(alarm),
                where));
  }

  /**
   * A dog that barks to somebody.
   *
   * @param teller is given the stack of what holds the loop up
   */
  Watchdog(String name, Duration alarm, BooleanSupplier isBusy, Consumer<Throwable> teller) {
    this.isBusy = isBusy;
    this.name = name;
    this.alarm = alarm;
    this.teller = teller;
    long every = Math.max(1, Durations.nanos(alarm));
    this.looking = THREAD.scheduleWithFixedDelay(this::look, every, every, TimeUnit.NANOSECONDS);
  }

  /** The calling thread works the loop's tasks off from now on. */
  void runsHere() {
    runner = Thread.currentThread();
  }

  /** A task begins. */
  void next() {
    begun.setRelease(begun.getPlain() + 1);
  }

  /** Done at regular times; by hand in tests. */
  void look() {
    Thread held = runner;
    long now = begun.get();
    if (held == null || !isBusy.getAsBoolean() || now != seen) {
      seen = now;
      same = 0;
      told = false;
    } else if (++same >= (now <= FIRST_TASKS ? FIRST_LOOKS : 1) && !told) {
      told = true;
      HeldUp where = new HeldUp(name, held.getName(), alarm);
      where.setStackTrace(held.getStackTrace());
      teller.accept(where);
    }
  }

  @Override
  public void close() {
    looking.cancel(false);
  }

  /** Carries the stack of the thread that is held up into the log. */
  private static final class HeldUp extends RuntimeException {

    private static final long serialVersionUID = 1L;

    HeldUp(String loop, String thread, Duration alarm) {
      super("%s, on the thread %s, for %s".formatted(loop, thread, alarm));
    }
  }
}
