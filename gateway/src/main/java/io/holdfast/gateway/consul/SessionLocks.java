package io.holdfast.gateway.consul;

import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Durations;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that sessions of this gateway lock. A key is locked by a lock of ours of the same name
 * below {@code consul/}, so that only one session in the cluster has it, and with a fencing token,
 * which the key shows. When a session ends, its keys are unlocked or deleted, as it was made, and
 * nobody else locks them for its lock-delay more.
 *
 * <p>A gateway that lives on keeps the lock itself for that delay. {@link EndedSessions} keeps it
 * where a gateway dies.
 */
final class SessionLocks {

  private static final Logger LOG = LoggerFactory.getLogger(SessionLocks.class);

  private final Locks locks;
  private final Vertx vertx;
  private final KvStore store;
  private final DirectoryView sessions;
  private final EndedSessions ended;

  /** What a client writes. */
  record Value(String value, long flags) {}

  SessionLocks(Locks locks, Vertx vertx, KvStore store, DirectoryView sessions) {
    this.locks = locks;
    this.vertx = vertx;
    this.store = store;
    this.sessions = sessions;
    this.ended = new EndedSessions(sessions, store);
  }

  /**
   * Locks a key for a session that is alive, and writes its value.
   *
   * @return false if another has it, or had it until a moment ago
   */
  CompletableFuture<Boolean> acquire(String key, LiveSession live, Value value) {
    LockGrant held = live.held.get(key);
    if (held != null) {
      return store.change(
          key,
          Optional.of(held),
          (index, there) -> {
            KvEntry next = there.withValue(value.value(), value.flags());
            // Somebody may have deleted it meanwhile at another gateway.
            return Optional.of(
                there.session().filter(live.id::equals).isPresent()
                    ? next
                    : next.lockedBy(lockOf(live, held)));
          });
    }
    if (store.lock(key).filter(ended::isHeldBack).isPresent()) {
      return CompletableFuture.completedFuture(false);
    }
    return vertx
        .executeBlocking(() -> locks.lock(lockName(key)).exclusive().tryAcquire(), false)
        .toCompletionStage()
        .toCompletableFuture()
        .thenCompose(
            got ->
                got.map(grant -> locked(key, live, grant, value))
                    .orElseGet(() -> CompletableFuture.completedFuture(false)));
  }

  private static String lockName(String key) {
    return "consul/" + key;
  }

  private static KvEntry.Lock lockOf(LiveSession live, LockGrant grant) {
    ConsulSessions.Definition as = live.definition;
    return new KvEntry.Lock(live.id, grant.token().toString(), as.lockDelay(), as.delete(), false);
  }

  private CompletableFuture<Boolean> locked(
      String key, LiveSession live, LockGrant grant, Value value) {
    return name(key, live, grant, value, false)
        .handle(
            (named, failure) -> {
              if (failure != null) {
                grant.release();
                return CompletableFuture.<Boolean>failedFuture(failure);
              }
              if (!named) {
                grant.release();
                return CompletableFuture.completedFuture(false);
              }
              live.held.put(key, grant);
              if (live.ended && live.held.remove(key, grant)) {
                lose(live, key, grant);
                return CompletableFuture.completedFuture(false);
              }
              return CompletableFuture.completedFuture(true);
            })
        .thenCompose(result -> result);
  }

  /**
   * Names the session at the key that it has locked.
   *
   * @param sure whether the sessions were looked at since it was locked
   * @return false if the key is held back for the delay of a session before
   */
  private CompletableFuture<Boolean> name(
      String key, LiveSession live, LockGrant grant, Value value, boolean sure) {
    AtomicBoolean unsure = new AtomicBoolean();
    return store
        .change(
            key,
            Optional.of(grant),
            (index, there) -> {
              Optional<KvEntry.Lock> other =
                  there.lock().filter(lock -> !lock.session().equals(live.id));
              // It may have ended, with the lock, before this gateway sees that it has.
              unsure.set(!sure && other.filter(ended::isThere).isPresent());
              return unsure.get() || other.filter(ended::isHeldBack).isPresent()
                  ? Optional.empty()
                  : Optional.of(
                      there.withValue(value.value(), value.flags()).lockedBy(lockOf(live, grant)));
            })
        .thenCompose(
            done ->
                unsure.get()
                    ? sessions.refresh().thenCompose(fresh -> name(key, live, grant, value, true))
                    : CompletableFuture.completedFuture(done));
  }

  /** Unlocks a key, and writes its value; false if the session does not have it. */
  CompletableFuture<Boolean> release(String key, LiveSession live, Value value) {
    LockGrant grant = live.held.remove(key);
    if (grant == null) {
      return CompletableFuture.completedFuture(false);
    }
    return store
        .change(
            key,
            Optional.of(grant),
            (index, there) -> Optional.of(there.withValue(value.value(), value.flags()).unlocked()))
        .whenComplete((done, failure) -> grant.release());
  }

  /** A session has ended: its keys are unlocked or deleted, and free after its lock-delay. */
  void lose(LiveSession live) {
    live.held.forEach((key, grant) -> lose(live, key, grant));
  }

  private void lose(LiveSession live, String key, LockGrant grant) {
    store
        .change(
            key,
            Optional.of(grant),
            (index, there) -> there.session().filter(live.id::equals).map(itself -> there.ended()))
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                LOG.debug("{} still names a session that has ended", key, failure);
              }
              vertx.setTimer(
                  Math.max(1, Durations.millis(live.definition.lockDelay())),
                  fired -> grant.release());
            });
  }
}
