package io.holdfast.spi;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a directory for a view that outlives sessions, and never takes the view back.
 *
 * <p>A new watch may begin on a server that lags behind what is shown already, or after the
 * directory vanished together with its revision. What it says is not delivered then, but settled by
 * a linearizable read, which cannot be behind. So a view never goes back and never gets stuck.
 *
 * <p>Used in the session's context only.
 */
public final class MonotonicWatch {

  private static final Logger LOG = LoggerFactory.getLogger(MonotonicWatch.class);

  private final Context context;
  private final Key directory;
  private final Supplier<Revision> shown;
  private final Supplier<Duration> pause;
  private final BiConsumer<Session, Snapshot> view;

  private Watch watch = () -> {};

  /** Counts the watches; what an earlier one still delivers is passed over. */
  private long generation;

  /** Counts the readings that settle something; what an earlier one still finds is passed over. */
  private long readings;

  /** The reading that is under way; 0 if there is none. */
  private long settling;

  /**
   * Of nothing yet.
   *
   * @param shown the revision of what the view shows
   * @param pause before a read that failed is tried again
   * @param view is told what is there, and in which session that was seen
   */
  public MonotonicWatch(
      Context context,
      Key directory,
      Supplier<Revision> shown,
      Supplier<Duration> pause,
      BiConsumer<Session, Snapshot> view) {
    this.context = context;
    this.directory = directory;
    this.shown = shown;
    this.pause = pause;
    this.view = view;
  }

  /** Begins, or begins anew, in a session that is open. */
  public void watch(Session on) {
    end();
    long mine = generation;
    watch =
        on.watch(
            directory,
            there -> {
              if (mine == generation) {
                heard(on, there);
              }
            });
  }

  /** Passes over whatever comes until the next {@link #watch}: something may have been missed. */
  public void passOver() {
    generation++;
    settling = 0;
  }

  /** Ends the watch, if there is one. */
  public void end() {
    passOver();
    watch.close();
  }

  private void heard(Session from, Snapshot there) {
    if (there.revision().compareTo(shown.get()) >= 0) {
      deliver(from, there);
    } else if (settling == 0) {
      settling = ++readings;
      settle(from, settling);
    }
  }

  /** Goes on until the read succeeds or the watch has caught up, whichever comes first. */
  private void settle(Session with, long mine) {
    if (mine != settling) {
      return;
    }
    with.list(directory, Consistency.LINEARIZABLE)
        .whenComplete(
            (there, failure) -> {
              if (mine != settling) {
                return;
              }
              if (failure == null) {
                deliver(with, there);
              } else {
                LOG.debug("cannot read {} yet", directory, failure);
                context.schedule(pause.get(), () -> settle(with, mine));
              }
            });
  }

  private void deliver(Session from, Snapshot there) {
    settling = 0;
    view.accept(from, there);
  }
}
