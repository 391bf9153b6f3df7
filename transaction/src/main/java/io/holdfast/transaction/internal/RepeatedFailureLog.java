package io.holdfast.transaction.internal;

import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Tells the log of what is tried again and again: when it first fails, then at growing intervals as
 * long as it goes on, and once when it works again. Used in the context only.
 */
public final class RepeatedFailureLog {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private final Logger log;
  private final String name;
  private final Context context;
  private final Map<String, Failing> failing = new HashMap<>();

  /** Since when something fails, and when the log is told again. */
  private static final class Failing {
    private final long since;
    private long next;
    private long pause = Durations.nanos(FIRST_PAUSE);
    private int untold;

    Failing(long now) {
      since = now;
      next = now;
    }
  }

  /** All is well; {@code name} begins each line. */
  public RepeatedFailureLog(Logger log, String name, Context context) {
    this.log = log;
    this.name = name;
    this.context = context;
  }

  /**
   * It has failed, once more perhaps.
   *
   * @param what one of a few texts, such as {@code cannot read the outbox}
   */
  public void failed(String what, @Nullable Throwable why) {
    long now = context.nanoTime();
    Failing there = failing.computeIfAbsent(what, first -> new Failing(now));
    if (now - there.next < 0) {
      there.untold++;
      log.debug("{} {}: {}", name, what, Failures.text(why));
      return;
    }
    log.warn(
        "{} {}{}, trying on: {}",
        name,
        what,
        there.untold == 0 ? "" : " (and " + there.untold + " times since this was told last)",
        Failures.text(why));
    there.untold = 0;
    there.next = now + there.pause;
    there.pause = Math.min(2 * there.pause, Durations.nanos(LONGEST_PAUSE));
  }

  /** It works. */
  public void well(String what) {
    Failing there = failing.remove(what);
    if (there != null) {
      log.info(
          "{} {} no longer, after {} s",
          name,
          what,
          Duration.ofNanos(context.nanoTime() - there.since).toSeconds());
    }
  }

  /** True while anything fails. */
  public boolean isThere() {
    return !failing.isEmpty();
  }
}
