package io.holdfast.etcd.internal.directory;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.holdfast.coordination.Key;
import io.holdfast.etcd.internal.read.Reader;
import io.holdfast.etcd.internal.read.WatchLoop;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.spi.Observers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The names directly below a directory, delivered whenever one has come or gone. etcd has no
 * directories: a name is there as long as any key is below it. So the watch is told of every key
 * below, and only the names of the keys are kept. Runs in the context.
 */
public final class NamesView implements WatchLoop.Subject {

  private final SessionContext scope;
  private final Reader reader;
  private final Directories entries;
  private final Key directory;
  private final Consumer<? super List<String>> sink;
  private final WatchLoop watchLoop;

  /** The keys that are there, by their names in etcd, and which name each stands for. */
  private final Map<ByteSequence, String> keys = new HashMap<>();

  /** How many keys stand for each name. */
  private final TreeMap<String, Integer> names = new TreeMap<>();

  private long revision = -1;
  private @Nullable List<String> delivered;
  private boolean delivering;
  private Runnable onClose = () -> {};

  /** Set by any thread. */
  private volatile boolean closed;

  public NamesView(
      SessionContext scope,
      Reader reader,
      Directories entries,
      Key directory,
      Consumer<? super List<String>> sink) {
    this.scope = scope;
    this.reader = reader;
    this.entries = entries;
    this.directory = directory;
    this.sink = sink;
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
        .read(freshness, entries.namesBelow(directory))
        .thenApply(
            result -> {
              if (result.revision() >= revision) {
                revision = result.revision();
                keys.clear();
                names.clear();
                result.ranges().get(0).getKvs().forEach(this::put);
                deliverSoon();
              }
              return result.revision();
            });
  }

  @Override
  public void changed(List<WatchEvent> events, long at) {
    for (WatchEvent event : events) {
      KeyValue kv = event.getKeyValue();
      if (kv.getModRevision() <= revision) {
        continue;
      }
      if (event.getEventType() == WatchEvent.EventType.DELETE) {
        forget(kv.getKey());
      } else {
        put(kv);
      }
    }
    revision = Math.max(revision, events.get(events.size() - 1).getKeyValue().getModRevision());
    scope.seen().raise(at);
    deliverSoon();
  }

  private void put(KeyValue kv) {
    forget(kv.getKey());
    entries
        .name(directory, kv)
        .ifPresent(
            name -> {
              keys.put(kv.getKey(), name);
              names.merge(name, 1, Integer::sum);
            });
  }

  private void forget(ByteSequence key) {
    String name = keys.remove(key);
    if (name != null) {
      names.computeIfPresent(name, (same, keysOfIt) -> keysOfIt == 1 ? null : keysOfIt - 1);
    }
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
                List<String> now = List.copyOf(names.keySet());
                if (!closed && !now.equals(delivered)) {
                  delivered = now;
                  Observers.tell(sink, now);
                }
              });
    }
  }
}
