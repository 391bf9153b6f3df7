package io.holdfast.gateway.consul;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionState;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The keys of a directory, kept up to date by one watch, however many clients wait for them. An
 * outage empties nothing.
 */
final class DirectoryView implements AutoCloseable {

  private static final int MOST_PREFIXES = 1_000;
  private static final long KNOWN_SECONDS = 5;

  private final Coordinator coordinator;
  private final Key directory;
  private final Vertx vertx;
  private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
  private final Runnable stopSessions;

  /** Used in the coordinator's context. */
  private Watch watch = () -> {};

  private volatile Present present = new Present(Revision.NONE, Map.of());
  private volatile Indexes indexes = new Indexes(present, new ConcurrentHashMap<>());
  private volatile BiConsumer<Present, Present> listener = (before, after) -> {};
  private volatile boolean known;
  private volatile boolean closed;

  /** Until when the store was there, if it is not, on the monotonic clock. */
  private volatile long lastContact = System.nanoTime();

  /**
   * What is there.
   *
   * @param revision the latest change in it
   * @param entries by the last segment of their keys
   */
  record Present(Revision revision, Map<String, Entry> entries) {
    long index() {
      return Math.max(1, revision.value());
    }

    /** The last change among the entries whose names begin so; 1 if there are none. */
    long indexBelow(String prefix) {
      long index = 1;
      for (Map.Entry<String, Entry> one : entries.entrySet()) {
        if (one.getKey().startsWith(prefix)) {
          index = Math.max(index, one.getValue().modified().value());
        }
      }
      return index;
    }
  }

  /** What was asked of the indexes of one state. */
  private record Indexes(Present of, Map<String, Long> byPrefix) {}

  /** One that waits for another index. */
  private record Wait(Supplier<Long> index, long seen, CompletableFuture<Void> done) {
    boolean isOver() {
      return index.get() != seen;
    }
  }

  DirectoryView(Coordinator coordinator, Key directory, Vertx vertx) {
    this.coordinator = coordinator;
    this.directory = directory;
    this.vertx = vertx;
    this.stopSessions = coordinator.onSession(this::opened);
  }

  private void opened(Session session) {
    watch.close();
    watch = session.watch(directory, this::heard);
    AtomicBoolean active = new AtomicBoolean(true);
    session.onState(
        state -> {
          if (active.getAndSet(state == SessionState.ACTIVE)) {
            lastContact = System.nanoTime();
          }
        });
  }

  /** False while the store cannot be reached, as far as is known. */
  boolean isConnected() {
    return coordinator.current().filter(now -> now.state() == SessionState.ACTIVE).isPresent();
  }

  /** How old it may be: zero while the store is there. */
  Duration age() {
    return isConnected() ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - lastContact);
  }

  private void heard(Snapshot snapshot) {
    Present before = present;
    if (snapshot.revision().compareTo(before.revision()) >= 0) {
      Map<String, Entry> entries = new HashMap<>();
      snapshot.entries().forEach(entry -> entries.put(entry.key().name(), entry));
      present = new Present(snapshot.revision(), entries);
      known = true;
      listener.accept(before, present);
      waits.forEach(
          wait -> {
            if (wait.isOver()) {
              wait.done().complete(null);
            }
          });
    }
  }

  /**
   * The last change among the entries whose names begin so; 1 if there are none. Made once for all
   * that wait for the same.
   */
  long indexBelow(String prefix) {
    Present now = present;
    Indexes there = indexes;
    if (!there.of().equals(now)) {
      there = new Indexes(now, new ConcurrentHashMap<>());
      indexes = there;
    }
    return there.byPrefix().size() < MOST_PREFIXES
        ? there.byPrefix().computeIfAbsent(prefix, now::indexBelow)
        : now.indexBelow(prefix);
  }

  /** The last change of an entry; 1 if it is not there. */
  long indexOf(String name) {
    return find(name).map(entry -> entry.modified().value()).orElse(1L);
  }

  /** Has every change told, before it is told to those who wait. There is one listener. */
  void listen(BiConsumer<Present, Present> other) {
    listener = other;
  }

  /** False until the store has answered. */
  boolean isKnown() {
    return known;
  }

  /** Completes at once if the store has answered, or else when it does, or does not in time. */
  CompletableFuture<Void> known() {
    return known
        ? CompletableFuture.completedFuture(null)
        : refresh().orTimeout(KNOWN_SECONDS, TimeUnit.SECONDS).exceptionally(failure -> null);
  }

  Present present() {
    return present;
  }

  Optional<Entry> find(String name) {
    return Optional.ofNullable(present.entries().get(name));
  }

  Key key(String name) {
    return directory.child(name);
  }

  /** Asks the store, and sees every change that was acknowledged before. */
  CompletableFuture<Void> refresh() {
    return coordinator
        .reading()
        .thenCompose(access -> access.list(directory, Consistency.LINEARIZABLE))
        .thenAccept(this::heard);
  }

  /**
   * Waits without a thread until the index is another.
   *
   * @return completes when it is, or the time has passed; never fails
   */
  CompletableFuture<Void> changed(Supplier<Long> index, long seen, long millis) {
    Wait wait = new Wait(index, seen, new CompletableFuture<>());
    if (millis <= 0 || wait.isOver() || closed) {
      wait.done().complete(null);
      return wait.done();
    }
    long timer = vertx.setTimer(millis, fired -> wait.done().complete(null));
    waits.add(wait);
    wait.done()
        .whenComplete(
            (none, failure) -> {
              vertx.cancelTimer(timer);
              waits.remove(wait);
            });
    if (wait.isOver() || closed) {
      wait.done().complete(null);
    }
    return wait.done();
  }

  /** Completes once a change at {@code revision} is seen here, or after a while. */
  CompletableFuture<Void> shows(Revision revision, long millis) {
    Supplier<Long> reached = () -> present.revision().compareTo(revision) >= 0 ? 1L : 0L;
    return changed(reached, 0, millis);
  }

  /** Ends the watch, and every wait. */
  @Override
  public void close() {
    closed = true;
    stopSessions.run();
    coordinator.context().execute(() -> watch.close());
    waits.forEach(wait -> wait.done().complete(null));
  }
}
