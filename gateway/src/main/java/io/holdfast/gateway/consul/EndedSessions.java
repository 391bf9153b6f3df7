package io.holdfast.gateway.consul;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lock-delay of sessions whose gateway has died.
 *
 * <p>With the gateway go its session, the sessions of its clients and their locks, all at once.
 * What stays is the key, which names the session and its delay. Every other gateway that sees the
 * session go notes at its keys that it has ended, which wakes those who wait for them, and lets
 * nobody lock them until the delay has passed since then. One that has not seen it go, because it
 * started later, counts from the first that asks: the delay may be longer, never shorter.
 */
final class EndedSessions {

  private static final Logger LOG = LoggerFactory.getLogger(EndedSessions.class);
  private static final int MOST = 20_000;

  private final DirectoryView sessions;
  private final KvStore store;
  private final AtomicBoolean pending = new AtomicBoolean();

  /** The last notes that are under way. Guarded by this. */
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

  /**
   * When sessions were first seen not to be there, on the monotonic clock; the oldest goes first.
   * Guarded by itself.
   */
  private final Map<String, Long> endedAt =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };

  /** Follows these sessions, and notes what ended at the keys of this store. */
  EndedSessions(DirectoryView sessions, KvStore store) {
    this.sessions = sessions;
    this.store = store;
    sessions.listen(this::changed);
  }

  private void changed(DirectoryView.Present before, DirectoryView.Present now) {
    List<String> gone =
        before.entries().keySet().stream().filter(id -> !now.entries().containsKey(id)).toList();
    gone.forEach(this::ended);
    if (!gone.isEmpty() && pending.compareAndSet(false, true)) {
      noteSoon();
    }
  }

  /** One after the other, and at most one that waits. */
  private synchronized void noteSoon() {
    last =
        last.handle((done, failure) -> null)
            .thenCompose(
                none -> {
                  pending.set(false);
                  return note();
                })
            .exceptionally(
                failure -> {
                  LOG.debug("keys may still name sessions that have ended", failure);
                  return false;
                });
  }

  private CompletableFuture<Boolean> note() {
    Set<String> suspects = Set.copyOf(store.locked(id -> !isThere(id)).values());
    // What this gateway sees of the keys may be newer than what it sees of the sessions.
    return sessions
        .refresh()
        .thenCompose(
            done -> {
              Set<String> ended = new HashSet<>(suspects);
              ended.removeIf(this::isThere);
              return store.changeAll(
                  store.locked(ended::contains).keySet(),
                  key -> {},
                  now -> now.session().filter(ended::contains).map(id -> now.ended()));
            });
  }

  /** Counts from now, also if somebody asked for it before it was first seen here. */
  private void ended(String id) {
    synchronized (endedAt) {
      endedAt.remove(id);
      endedAt.put(id, System.nanoTime());
    }
  }

  /** How long a session is known to be gone. */
  private Duration since(String id) {
    long now = System.nanoTime();
    synchronized (endedAt) {
      return Duration.ofNanos(now - endedAt.computeIfAbsent(id, first -> now));
    }
  }

  private boolean isThere(String id) {
    return sessions.find(id).isPresent();
  }

  /** Whether the session of a lock is still there, as far as this gateway sees. */
  boolean isThere(KvEntry.Lock lock) {
    return !lock.ended() && isThere(lock.session());
  }

  /** Whether the session of a lock has ended, and its delay not passed. */
  boolean isHeldBack(KvEntry.Lock lock) {
    return !isThere(lock) && since(lock.session()).compareTo(lock.delay()) < 0;
  }
}
