package io.holdfast.spi;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Context} for backends: a queue of tasks, run by the thread that finds it idle.
 *
 * <p>A thread that gives a task while nothing runs, runs it there and then, and after it whatever
 * was given meanwhile; if something runs already, it leaves the task and goes its way. So tasks
 * never overlap, see each other's effects, and keep their order, while an operation goes from the
 * caller to the connection, and from the connection's reply to the waiting caller, without a change
 * of thread in between. A thread that only wanted to give one task works for others for at most
 * {@value #MOST_AT_A_TIME} tasks; the loop's own thread, which also keeps the timers, does the
 * rest. The pattern is known as queue-drain from reactive streams.
 *
 * <p>What a task throws is logged, errors included: the thread that runs it may be anybody's, and
 * with a stack or memory that is used up. The tasks after such an error run on the loop's thread.
 *
 * <p>A task that holds the loop up for long is told of in the log, with its stack.
 *
 * <p>After {@link #close} timers are dropped, and so is what a timer or a long queue would have
 * done: by then nobody waits for it.
 */
public final class EventLoop implements Context, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
  private static final int MOST_AT_A_TIME = 64;
  private static final Duration ALARM = Duration.ofSeconds(2);

  /**
   * A cancelled timer as short as this stays in the timers' queue until it is due. There it keeps
   * the thread from being woken for each of its kind that comes later: many a timer is set and
   * cancelled within one operation.
   */
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** How many tasks are given and not yet done; whoever raises it from zero works them off. */
  private final AtomicInteger pending = new AtomicInteger();

  private final ScheduledThreadPoolExecutor thread;
  private final Watchdog watchdog;

  /** Starts the thread {@code name}. */
  public EventLoop(String name) {
    this(name, ALARM);
  }

  /**
   * Starts the thread {@code name}.
   *
   * @param alarm a task that runs for longer is told of in the log, with what it does: a fraction
   *     of what the session bears
   */
  public EventLoop(String name, Duration alarm) {
    watchdog = new Watchdog(name, alarm, () -> pending.get() > 0);
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (pending.getAndIncrement() == 0) {
      workOff();
    }
  }

  private void workOff() {
    watchdog.runsHere();
    int done = 0;
    do {
      if (done++ >= MOST_AT_A_TIME && handOver()) {
        return;
      }
      watchdog.next();
      if (!run(tasks.remove())) {
        done = MOST_AT_A_TIME;
      }
    } while (pending.decrementAndGet() > 0);
  }

  /** The thread takes over the part of the one who works; false if it cannot. */
  private boolean handOver() {
    try {
      thread.execute(this::workOff);
      return true;
    } catch (RejectedExecutionException | VirtualMachineError e) {
      // Closed, or there is no room even for this: the caller goes on.
      return false;
    }
  }

  /**
   * Runs one task.
   *
   * @return false if the next had better run on another stack: this one may be used up
   */
  private static boolean run(Runnable task) {
    try {
      task.run();
      return true;
    } catch (RuntimeException e) {
      LOG.error("a task of the event loop failed; the loop goes on", e);
      return true;
    } catch (Error e) {
      logIfThereIsRoom(e);
      return false;
    }
  }

  private static void logIfThereIsRoom(Error failure) {
    try {
      LOG.error("a task of the event loop failed; the loop goes on", failure);
    } catch (VirtualMachineError e) {
      // What was to be told may itself be the reason why it cannot be.
    }
  }

  @Override
  public Runnable schedule(Duration delay, Runnable task) {
    try {
      Timer timer = new Timer(task);
      RunnableScheduledFuture<?> scheduled =
          (RunnableScheduledFuture<?>)
              thread.schedule(timer, Durations.nanos(delay), TimeUnit.NANOSECONDS);
      return () -> {
        timer.task = null;
        if (delay.compareTo(SHORT) > 0) {
          thread.remove(scheduled);
        }
      };
    } catch (RejectedExecutionException e) {
      LOG.trace("dropped a timer after the loop was closed", e);
      return () -> {};
    }
  }

  /** Gives its task to the loop when it is due, unless it was cancelled; then it holds nothing. */
  private final class Timer implements Runnable {

    private volatile @Nullable Runnable task;

    Timer(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      execute(
          () -> {
            Runnable due = task;
            if (due != null) {
              due.run();
            }
          });
    }
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  /** Drops the timers and ends the thread. Does not wait. */
  @Override
  public void close() {
    watchdog.close();
    thread.shutdown();
  }
}
