package io.holdfast.etcd.internal.directory;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.etcd.internal.read.Reader;
import io.holdfast.etcd.internal.read.WatchLoop;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Observers;
import io.holdfast.spi.Snapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The latest state of a directory, delivered whenever it has changed. Runs in the context. */
public final class DirectoryView implements WatchLoop.Subject {

  private final SessionContext scope;
  private final Reader reader;
  private final Directories entries;
  private final Key directory;
  private final Consumer<? super Snapshot> sink;
  private final WatchLoop watchLoop;

  /** By the name in etcd, which is all that the news of a deletion tells. */
  private Map<ByteSequence, Entry> state = new HashMap<>();

  /** What was delivered last, or all that was there at a look since. */
  private Snapshot base;

  /** What of {@link #base} has changed since: it is no longer there as it was. */
  private final Map<Key, Entry> gone = new HashMap<>();

  /** What is there now and not in {@link #base}. */
  private final Map<Key, Entry> put = new HashMap<>();

  private long revision = -1;
  private boolean delivering;
  private Runnable onClose = () -> {};

  /** Set by any thread. */
  private volatile boolean closed;

  public DirectoryView(
      SessionContext scope,
      Reader reader,
      Directories entries,
      Key directory,
      Consumer<? super Snapshot> sink) {
    this.scope = scope;
    this.reader = reader;
    this.entries = entries;
    this.directory = directory;
    this.sink = sink;
    this.base = new Snapshot(directory, Revision.NONE, List.of());
    this.watchLoop =
        new WatchLoop(
            scope, entries.prefix(directory), () -> WatchOption.builder().isPrefix(true), this);
  }

  public void start() {
    if (!closed) {
      watchLoop.start();
    }
  }

  /** Runs {@code task} when it is closed. In the context. */
  public void onClose(Runnable task) {
    onClose = task;
  }

  /** From any thread. At most a delivery that has begun still goes on. */
  public void close() {
    closed = true;
    scope
        .context()
        .execute(
            () -> {
              onClose.run();
              watchLoop.stop();
            });
  }

  @Override
  public CompletableFuture<Long> look(Reader.Freshness freshness) {
    return reader
        .read(freshness, entries.below(directory))
        .thenApply(
            result -> {
              replace(result.revision(), result.ranges().get(0).getKvs());
              return result.revision();
            });
  }

  private void replace(long lookedAt, List<KeyValue> kvs) {
    Map<ByteSequence, Entry> fresh = new HashMap<>();
    for (KeyValue kv : kvs) {
      entries.entry(directory, kv).ifPresent(entry -> fresh.put(kv.getKey(), entry));
    }
    boolean news = revision < 0 || !fresh.equals(state);
    if (lookedAt >= revision) {
      state = fresh;
      revision = lookedAt;
      gone.clear();
      put.clear();
      base = new Snapshot(directory, new Revision(revision), List.copyOf(fresh.values()));
      if (news) {
        deliverSoon();
      }
    }
  }

  @Override
  public void changed(List<WatchEvent> events, long at) {
    boolean news = false;
    for (WatchEvent event : events) {
      KeyValue kv = event.getKeyValue();
      if (kv.getModRevision() <= revision) {
        continue;
      }
      if (event.getEventType() == WatchEvent.EventType.DELETE) {
        news |= forget(state.remove(kv.getKey()));
      } else {
        Optional<Entry> entry = entries.entry(directory, kv);
        entry.ifPresent(there -> put(kv.getKey(), there));
        news |= entry.isPresent();
      }
    }
    long last = events.get(events.size() - 1).getKeyValue().getModRevision();
    revision = Math.max(revision, last);
    scope.seen().raise(at);
    if (news) {
      deliverSoon();
    }
  }

  private void put(ByteSequence name, Entry entry) {
    forget(state.put(name, entry));
    put.put(entry.key(), entry);
  }

  /**
   * What was under a name is no longer there as it was.
   *
   * @return false if nothing was there
   */
  private boolean forget(@Nullable Entry before) {
    if (before == null) {
      return false;
    }
    boolean sinceBase = put.remove(before.key()) != null;
    if (!sinceBase) {
      gone.put(before.key(), before);
    }
    return true;
  }

  /** Whatever else the context has in hand goes first, so that changes add up. */
  private void deliverSoon() {
    if (!delivering) {
      delivering = true;
      scope
          .context()
          .execute(
              () -> {
                delivering = false;
                if (!closed) {
                  base = base.next(new Revision(revision), gone.values(), put.values());
                  gone.clear();
                  put.clear();
                  Observers.tell(sink, base);
                }
              });
    }
  }
}
