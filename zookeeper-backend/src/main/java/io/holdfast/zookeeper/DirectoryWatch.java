package io.holdfast.zookeeper;

import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Context;
import io.holdfast.coordination.Entry;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Observers;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Snapshot;
import io.holdfast.coordination.Watch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;

/**
 * Delivers a directory's present state, again and again as it changes.
 *
 * <p>Curator's {@link PersistentWatcher} tells that something has changed, and keeps telling across
 * broken connections. What is there now, this class reads itself: the names, and what is held under
 * those that are new or were changed. Curator's cache would do both, but it takes a directory that
 * was removed and made again for the old one when their child counts happen to agree, and knows no
 * revision of a deletion.
 *
 * <p>States: IDLE, READING, STALE (reading, and something has changed since). Events that come
 * while a read is under way lead to one more read. ZooKeeper tells a session of a change before it
 * shows the session anything later, so a read that follows an event holds what the event was about.
 */
final class DirectoryWatch implements Watch {

  private final Reader reader;
  private final Context context;
  private final Key directory;
  private final String path;
  private final Consumer<? super Snapshot> sink;
  private final PersistentWatcher watcher;
  private volatile boolean closed;

  /** Used in the context only, as are all below. */
  private State state = State.IDLE;

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

  DirectoryWatch(
      Connection connection,
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
    this.watcher = connection.watcher(path);
    this.base = new Snapshot(directory, Revision.NONE, List.of());
  }

  /** In the context. */
  void start() {
    if (closed) {
      return;
    }
    watcher.getListenable().addListener(event -> context.execute(() -> changed(event)));
    watcher.getResetListenable().addListener(() -> context.execute(this::changedUnseen));
    watcher.start();
  }

  private void changed(WatchedEvent event) {
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
  private void changedUnseen() {
    changedUnseen = true;
    comeOrGone = true;
    read();
  }

  private void read() {
    if (closed) {
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
        .whenComplete((snapshot, failure) -> ended(failure == null ? snapshot : null));
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
    return reader.names(directory, Consistency.SEQUENTIAL);
  }

  private void ended(@Nullable Snapshot snapshot) {
    boolean again = state == State.STALE;
    state = State.IDLE;
    if (snapshot == null) {
      // The connection broke; the watcher tells when it is set anew.
      changedUnseen = true;
      comeOrGone = true;
    } else if (!closed && !snapshot.equals(last)) {
      last = snapshot;
      Observers.tell(sink, snapshot);
    }
    if (again && !closed) {
      read();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      context.execute(watcher::close);
    }
  }

  /** The session is over, and with it every watch at the server. In the context. */
  void abandon() {
    closed = true;
  }
}
