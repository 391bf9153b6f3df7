package io.holdfast.zookeeper.internal.directory;

import io.holdfast.coordination.Key;
import io.holdfast.spi.Context;
import io.holdfast.spi.Observers;
import io.holdfast.spi.Watch;
import io.holdfast.zookeeper.internal.read.Paths;
import io.holdfast.zookeeper.internal.read.Watches;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the names in a directory, again whenever one has come or gone. The server tells of the
 * directory's children and of nothing below them.
 *
 * <p>States and reads are as in {@link DirectoryWatch}: IDLE, READING, STALE (reading, and
 * something has changed since, which one more read shows).
 */
public final class NamesWatch implements Watch, Watches.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(NamesWatch.class);
  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 6;

  /** A connection breaks for other reasons, too. */
  private static final int BREAKS_FOR_FREE = 2;

  private final Watches watches;
  private final Reader reader;
  private final Context context;
  private final Key directory;
  private final String path;
  private final Consumer<? super List<String>> sink;
  private volatile boolean closed;

  /** Used in the context only, as are all below. */
  private State state = State.IDLE;

  private Runnable stop = () -> {};

  /** How often in a row a read has failed. */
  private int failures;

  /** True while a read is planned for later. */
  private boolean waiting;

  private Reader.@Nullable Listing listing;
  private @Nullable List<String> delivered;

  private enum State {
    IDLE,
    READING,
    STALE
  }

  public NamesWatch(
      Watches watches,
      Reader reader,
      Context context,
      Key directory,
      String path,
      Consumer<? super List<String>> sink) {
    this.watches = watches;
    this.reader = reader;
    this.context = context;
    this.directory = directory;
    this.path = path;
    this.sink = sink;
  }

  /**
   * In the context.
   *
   * @param atEnd runs a task when the session ends, and returns what stops that
   */
  public void start(Function<Runnable, Runnable> atEnd) {
    if (!closed) {
      Runnable unwatch = watches.watchChildren(path, this);
      Runnable forget = atEnd.apply(() -> closed = true);
      stop =
          () -> {
            forget.run();
            unwatch.run();
          };
    }
  }

  @Override
  public void changed(WatchedEvent event) {
    String where = event.getPath();
    if (where != null
        && event.getType() != EventType.NodeDataChanged
        && (where.equals(path) || Paths.parent(where).equals(path))) {
      read();
    }
  }

  @Override
  public void watching() {
    read();
  }

  private void read() {
    if (closed || waiting) {
      return;
    }
    if (state != State.IDLE) {
      state = State.STALE;
      return;
    }
    state = State.READING;
    reader
        .namesThatFit(directory, listing)
        .whenComplete(
            (read, failure) -> {
              boolean again = state == State.STALE;
              state = State.IDLE;
              if (failure == null) {
                deliver(read);
              } else {
                failed(failure);
              }
              if (again) {
                read();
              }
            });
  }

  private void deliver(Reader.Listing read) {
    failures = 0;
    listing = read;
    if (!closed && !read.names().equals(delivered)) {
      delivered = read.names();
      Observers.tell(sink, delivered);
    }
  }

  /** The connection may break over the answer, and would again: later each time. */
  private void failed(Throwable failure) {
    int doublings = Math.min(failures, MOST_DOUBLINGS);
    failures++;
    waiting = failures > BREAKS_FOR_FREE;
    LOG.debug("cannot read the names in {} yet", directory, failure);
    context.schedule(
        context.jittered(SHORTEST_WAIT.multipliedBy(1L << doublings)),
        () -> {
          waiting = false;
          read();
        });
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      context.execute(() -> stop.run());
    }
  }
}
