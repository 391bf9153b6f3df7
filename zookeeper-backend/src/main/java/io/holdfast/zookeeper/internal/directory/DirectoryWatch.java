package io.holdfast.zookeeper.internal.directory;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Observers;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import io.holdfast.zookeeper.internal.client.Reply;
import io.holdfast.zookeeper.internal.read.Paths;
import io.holdfast.zookeeper.internal.read.Watches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers a directory's present state, again and again as it changes.
 *
 * <p>{@link Watches} tell that something has changed, and keep telling across broken connections.
 * What is there now, this class reads itself: the names, and what is held under those that are new
 * or were changed. Curator's cache would do both, but it takes a directory that was removed and
 * made again for the old one when their child counts happen to agree, and knows no revision of a
 * deletion.
 *
 * <p>States: IDLE, READING, STALE (reading, and something has changed since). Events that come
 * while a read is under way lead to one more read. ZooKeeper tells a session of a change before it
 * shows the session anything later, so a read that follows an event holds what the event was about.
 *
 * <p>A client breaks the connection over an answer that is too large for it, and would again on the
 * next one, and for all that use the session. So names are not asked for where they are too many
 * ({@link Reader#namesThatFit}); and if the connection breaks over the question for them again and
 * again all the same, the next question waits, longer each time. Meanwhile the last view stays.
 */
public final class DirectoryWatch implements Watch, Watches.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);
  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 6;

  /** A connection breaks for other reasons, too. */
  private static final int BREAKS_FOR_FREE = 2;

  private final Reader reader;
  private final Context context;
  private final Key directory;
  private final String path;
  private final Consumer<? super Snapshot> sink;
  private final Watches watches;
  private volatile boolean closed;

  /** Used in the context only, as are all below. */
  private State state = State.IDLE;

  private Runnable stop = () -> {};

  /** How often in a row a read has failed. */
  private int failures;

  /** True while a read is planned for later. */
  private boolean waiting;

  /** What every node was when it was last read; empty for one that is not an entry. */
  private final Map<String, Optional<Entry>> held = new HashMap<>();

  /** What of it has changed since {@link #base}. */
  private final List<Entry> gone = new ArrayList<>();

  private final List<Entry> put = new ArrayList<>();

  /** The nodes that something was told of since they were last read. */
  private final Set<String> changed = new HashSet<>();

  private boolean changedUnseen;

  /** The names, from the last read that asked for them. */
  private Reader.@Nullable Listing listing;

  /** True if nodes may have come or gone since. */
  private boolean comeOrGone = true;

  /** What was read last; empty at first, and if all has to be read again. */
  private Snapshot base;

  /** What was delivered last. */
  private @Nullable Snapshot last;

  private enum State {
    IDLE,
    READING,
    STALE
  }

  public DirectoryWatch(
      Watches watches,
      Reader reader,
      Context context,
      Key directory,
      String path,
      Consumer<? super Snapshot> sink) {
    this.reader = reader;
    this.context = context;
    this.directory = directory;
    this.path = path;
    this.sink = sink;
    this.watches = watches;
    this.base = new Snapshot(directory, Revision.NONE, List.of());
  }

  /** In the context. */
  public void start() {
    if (!closed) {
      stop = watches.watch(path, this);
    }
  }

  @Override
  public void changed(WatchedEvent event) {
    if (event.getType() == Watcher.Event.EventType.None || event.getPath() == null) {
      return;
    }
    String where = event.getPath();
    comeOrGone |= event.getType() != Watcher.Event.EventType.NodeDataChanged;
    if (where.equals(path)) {
      read();
    } else if (Paths.parent(where).equals(path)) {
      if (Key.isSegment(Paths.name(where))) {
        changed.add(Paths.name(where));
      }
      read();
    }
  }

  /** Events may have been missed: whatever is held may have changed. */
  @Override
  public void watching() {
    changedUnseen = true;
    comeOrGone = true;
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
    if (changedUnseen) {
      held.clear();
      base = new Snapshot(directory, Revision.NONE, List.of());
      gone.clear();
      put.clear();
      changedUnseen = false;
    }
    List<String> told = List.copyOf(changed);
    changed.clear();
    told.forEach(this::forget);
    names()
        .thenCompose(
            present ->
                reader
                    .nodes(directory, unread(present, told))
                    .thenApply(
                        nodes -> {
                          hold(present, nodes);
                          return next(present);
                        }))
        .whenComplete(
            (snapshot, failure) -> {
              if (failure == null) {
                ended(snapshot);
              } else {
                failed(failure);
              }
            });
  }

  /** If nobody asked for the names again, what is held and was told of is all there is. */
  @SuppressWarnings("ReferenceEquality")
  private List<String> unread(Reader.Listing present, List<String> told) {
    return listing == present
        ? told
        : present.names().stream().filter(name -> !held.containsKey(name)).toList();
  }

  @SuppressWarnings("ReferenceEquality") // as above
  private void hold(Reader.Listing present, Map<String, Reply.Node> nodes) {
    if (listing != present) {
      listing = present;
      Set<String> names = Set.copyOf(present.names());
      held.keySet().stream().filter(name -> !names.contains(name)).toList().forEach(this::forget);
    }
    nodes.forEach(
        (name, node) -> {
          Optional<Entry> entry = reader.entry(directory, name, node);
          held.put(name, entry);
          entry.ifPresent(put::add);
        });
  }

  /** Looks at what has changed and at nothing else. */
  private Snapshot next(Reader.Listing present) {
    Revision revision = Revision.later(base.revision(), present.revision());
    for (Entry entry : put) {
      revision = Revision.later(revision, entry.modified());
    }
    Snapshot next = base;
    if (!revision.equals(base.revision()) || !gone.equals(put)) {
      next = base.next(revision, gone, put);
    }
    gone.clear();
    put.clear();
    base = next;
    return next;
  }

  private void forget(String name) {
    Optional<Entry> entry = held.remove(name);
    if (entry != null) {
      entry.ifPresent(gone::add);
    }
  }

  /** Asks for them only if they can have changed: in a large directory that is most of the work. */
  private CompletableFuture<Reader.Listing> names() {
    Reader.Listing known = listing;
    if (known != null && !comeOrGone) {
      return CompletableFuture.completedFuture(known);
    }
    comeOrGone = false;
    return reader.namesThatFit(directory, known);
  }

  private void ended(Snapshot snapshot) {
    boolean again = state == State.STALE;
    state = State.IDLE;
    failures = 0;
    if (!closed && !snapshot.equals(last)) {
      last = snapshot;
      Observers.tell(sink, snapshot);
    }
    if (again) {
      read();
    }
  }

  /**
   * All has to be read again: when the watch tells that it is set on the next connection, if the
   * last one broke, and by a timer in any case, for the server may just not have answered.
   */
  private void failed(Throwable failure) {
    state = State.IDLE;
    changedUnseen = true;
    comeOrGone = true;
    failures++;
    int doublings = Math.min(failures - 1, MOST_DOUBLINGS);
    Duration wait = context.jittered(SHORTEST_WAIT.multipliedBy(1L << doublings));
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    waiting = failures > BREAKS_FOR_FREE;
    if (waiting) {
      LOG.warn(
          "the last view of {} stays for {} at least: {}",
          directory,
          Durations.text(wait),
          cause.getMessage());
    }
    context.schedule(
        wait,
        () -> {
          waiting = false;
          if (changedUnseen) {
            read();
          }
        });
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      context.execute(() -> stop.run());
    }
  }

  /** The session is over, and with it every watch at the server. In the context. */
  public void abandon() {
    closed = true;
  }
}
