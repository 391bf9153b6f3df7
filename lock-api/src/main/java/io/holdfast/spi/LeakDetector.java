package io.holdfast.spi;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * For recipes: finds one thing that was taken and never given back, because nobody refers to it any
 * more.
 *
 * <p>Whoever hands out such a thing has it refer to a detector that nothing else refers to. That
 * tells, by a thread of its own, some time after the thing has become garbage, unless it was ended
 * before. It costs about a hundred nanoseconds and bytes, and a stack, if there is to be one, a few
 * microseconds: what is handed out in nanoseconds is watched by sample.
 */
public final class LeakDetector {

  private static final Cleaner CLEANER =
      Cleaner.create(
          task -> {
            Thread thread = new Thread(task, "holdfast-leaks");
            thread.setDaemon(true);
            return thread;
          });

  private final AtomicBoolean over;
  private final Cleaner.Cleanable cleanable;

  private LeakDetector(Runnable onLeak) {
    AtomicBoolean ended = new AtomicBoolean();
    over = ended;
    cleanable =
        CLEANER.register(
            this,
            () -> {
              if (ended.compareAndSet(false, true)) {
                onLeak.run();
              }
            });
  }

  /**
   * Watches something.
   *
   * @param onLeak called if it becomes garbage before {@link #end}; must not refer to it, nor block
   *     for long
   */
  public static LeakDetector watch(Runnable onLeak) {
    return new LeakDetector(onLeak);
  }

  /** Where something is taken: to be logged with a leak. */
  public static Throwable here() {
    return new Throwable("taken here");
  }

  /** It was given back as it should be. Idempotent. */
  public void end() {
    if (over.compareAndSet(false, true)) {
      cleanable.clean();
    }
  }
}
