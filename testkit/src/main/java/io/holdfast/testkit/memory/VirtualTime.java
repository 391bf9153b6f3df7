package io.holdfast.testkit.memory;

import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes only when the test says so, and the tasks that wait for it.
 *
 * <p>One thread, the test's. Tasks run by their time, and by the order in which they were given
 * where that is equal; so a run depends on nothing but what the test feeds it. A task that another
 * thread gives while time passes would be an accident of that moment: it makes the run fail.
 */
public final class VirtualTime {

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          Comparator.<Task>comparingLong(task -> task.at).thenComparingLong(task -> task.order));
  private final Random random;
  private long now;
  private long given;

  /** Which lets time pass. */
  private volatile @Nullable Thread runner;

  /** That another thread has given a task. */
  private volatile @Nullable IllegalStateException meddled;

  /** At zero, with jitter from {@code seed}. */
  public VirtualTime(long seed) {
    random = new Random(seed);
  }

  /** A context in this time. */
  public PausableContext newContext() {
    return new PausableContext();
  }

  /** Nanoseconds since the beginning. */
  public long nanoTime() {
    return now;
  }

  /** What hangs on the wall: it began with the epoch. */
  public Clock clock() {
    return new Wall();
  }

  private final class Wall extends Clock {
    @Override
    public Instant instant() {
      return Instant.EPOCH.plusNanos(now);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /** Runs everything that falls due within {@code duration}, and sets the clock to its end. */
  public void advance(Duration duration) {
    long end = now + Durations.nanos(duration);
    for (Task next = tasks.peek(); next != null && next.at <= end; next = tasks.peek()) {
      runNext();
    }
    now = end;
  }

  /**
   * Runs tasks until {@code condition} holds.
   *
   * @return false if it did not within {@code limit}
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    long end = now + Durations.nanos(limit);
    while (!condition.getAsBoolean()) {
      Task next = tasks.peek();
      if (next == null || next.at > end) {
        return false;
      }
      runNext();
    }
    return true;
  }

  private void runNext() {
    runner = Thread.currentThread();
    Task task = tasks.remove();
    now = Math.max(now, task.at);
    task.context.run(task);
    IllegalStateException seen = meddled;
    if (seen != null) {
      throw seen;
    }
  }

  private void expectOwnThread() {
    Thread current = Thread.currentThread();
    if (runner != null && runner != current) {
      IllegalStateException seen =
          new IllegalStateException("virtual time is one thread's, and " + current + " uses it");
      meddled = seen;
      throw seen;
    }
  }

  private static final class Task {
    private final PausableContext context;
    private final Runnable body;
    private final long at;
    private final long order;
    private boolean cancelled;

    Task(PausableContext context, Runnable body, long at, long order) {
      this.context = context;
      this.body = body;
      this.at = at;
      this.order = order;
    }
  }

  /** A context that can stand still, as a process does in a long garbage collection. */
  public final class PausableContext implements Context {

    private final Queue<Task> heldBack = new ArrayDeque<>();
    private boolean paused;

    private PausableContext() {}

    @Override
    public void execute(Runnable task) {
      give(now, task);
    }

    @Override
    public Runnable schedule(Duration delay, Runnable body) {
      Task task = give(now + Math.max(0, Durations.nanos(delay)), body);
      return () -> task.cancelled = true;
    }

    private Task give(long at, Runnable body) {
      expectOwnThread();
      Task task = new Task(this, body, at, given++);
      tasks.add(task);
      return task;
    }

    private void run(Task task) {
      if (paused) {
        heldBack.add(task);
      } else if (!task.cancelled) {
        task.body.run();
      }
    }

    @Override
    public long nanoTime() {
      return now;
    }

    /** In this time, too, after what was given before. */
    @Override
    public Executor callbacks() {
      return this;
    }

    @Override
    public RandomGenerator random() {
      return random;
    }

    /** Stops running tasks; the clock goes on. */
    public void pause() {
      paused = true;
    }

    /** Goes on, first with what was held back. */
    public void resume() {
      paused = false;
      for (Task task = heldBack.poll(); task != null; task = heldBack.poll()) {
        Task held = task;
        if (!held.cancelled) {
          give(
              now,
              () -> {
                if (!held.cancelled) {
                  held.body.run();
                }
              });
        }
      }
    }
  }
}
