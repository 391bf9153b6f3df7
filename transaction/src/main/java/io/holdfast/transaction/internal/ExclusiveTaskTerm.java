package io.holdfast.transaction.internal;

import io.holdfast.lock.LockGrant;
import io.holdfast.spi.Context;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One term of a {@link ExclusiveTask}, for as long as its lock is held: when it looks for work and
 * deletes what is old, whom it asks, and when it gives up. Used in the context only.
 */
public final class ExclusiveTaskTerm {

  private static final Duration TROUBLE_PAUSE = Duration.ofMillis(500);
  private static final Duration FORGET_INTERVAL = Duration.ofMinutes(1);
  private static final int MOST_FORGOTTEN = 1_000;

  /** What is done in it. */
  public interface Work {

    /** Looks for work, and sees to it that somebody {@link #lookIn}s a while again. */
    void look();

    /** Deletes what is old, at most so much, and says how much it was. */
    CompletionStage<Integer> forget(int most);
  }

  private final Context context;
  private final LockGrant grant;
  private final Consumer<LockGrant> stepDown;
  private final Work work;
  private boolean over;
  private int failures;
  private Runnable cancelNext = () -> {};

  /**
   * Does nothing before {@link #begin}.
   *
   * @param stepDown called when a fence tells that there is a later one, or the store fails all the
   *     time
   */
  public ExclusiveTaskTerm(
      Context context, LockGrant grant, Consumer<LockGrant> stepDown, Work work) {
    this.context = context;
    this.grant = grant;
    this.stepDown = stepDown;
    this.work = work;
  }

  /** Looks for the first time. */
  public void begin() {
    work.look();
    context.schedule(FORGET_INTERVAL, this::forget);
  }

  /** Nothing is heard any more of what is under way; the next does it again. */
  public void end() {
    over = true;
    cancelNext.run();
  }

  /** After {@link #end}. */
  public boolean isOver() {
    return over;
  }

  /** Looks after about such a pause, and not when it would have else. */
  public void lookIn(Duration pause) {
    cancelNext.run();
    cancelNext = context.schedule(context.jittered(pause), work::look);
  }

  /** It looks now, and so not when it would have. */
  public void looksNow() {
    cancelNext.run();
  }

  /** What the store would not do is tried again after a pause. */
  public void again(Runnable task) {
    context.schedule(
        context.jittered(TROUBLE_PAUSE),
        () -> {
          if (!over) {
            task.run();
          }
        });
  }

  /** The store could not be read: it is looked at again after a pause, if that is of any use. */
  public void lookAgain() {
    if (mayGoOn()) {
      lookIn(TROUBLE_PAUSE);
    }
  }

  /**
   * The store has failed. A process that cannot reach it is not to keep the lock from others.
   *
   * @return false if it has stepped down
   */
  public boolean mayGoOn() {
    if (++failures < ExclusiveTask.MOST_FAILURES) {
      return true;
    }
    stepDown();
    return false;
  }

  /** The store has answered. */
  public void goesWell() {
    failures = 0;
  }

  /** Gives the lock up. */
  public void stepDown() {
    stepDown.accept(grant);
  }

  /**
   * Asks code of others, where {@link Context#callbacks} run.
   *
   * @param heard is called once, unless it is over: with the answer, or with why there is none
   */
  public <T> void ask(
      Duration within, Supplier<CompletionStage<T>> call, BiConsumer<@Nullable T, String> heard) {
    boolean[] done = {false};
    BiConsumer<@Nullable T, String> once =
        (answer, why) -> {
          if (!done[0] && !over) {
            done[0] = true;
            heard.accept(answer, why);
          }
        };
    Runnable noTimeout = context.schedule(within, () -> once.accept(null, "no answer in time"));
    Failures.guarded(context.callbacks(), call)
        .whenComplete(
            (answer, failure) ->
                context.execute(
                    () -> {
                      noTimeout.run();
                      once.accept(answer, answer == null ? Failures.text(failure) : "");
                    }));
  }

  private void forget() {
    if (over) {
      return;
    }
    Failures.guarded(() -> work.forget(MOST_FORGOTTEN))
        .whenComplete(
            (count, failure) ->
                context.schedule(
                    count != null && count >= MOST_FORGOTTEN ? TROUBLE_PAUSE : FORGET_INTERVAL,
                    this::forget));
  }
}
