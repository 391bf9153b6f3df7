package io.holdfast.spi;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * For recipes: detects an object that its user has forgotten without ending it.
 *
 * <p>The object refers to a detector that nothing else refers to. Some time after the object has
 * become garbage, the detector reports it on a thread of its own, unless it was ended before. A
 * detector costs about a hundred nanoseconds and bytes; a stack trace, if wanted, costs a few
 * microseconds. So objects that are made in nanoseconds are only sampled.
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
