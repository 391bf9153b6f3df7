package io.holdfast.gateway.consul;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Session;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions of Consul's clients, and the keys that they lock.
 *
 * <p>A session belongs to the gateway that made it, and ends with that gateway's own session: every
 * gateway sees it, its own alone renews it and locks with it. A key is locked by a lock of ours of
 * the same name below {@code consul/}, so that only one session in the cluster has it, and with a
 * fencing token, which the key shows. When a session ends, its keys are unlocked or deleted, as it
 * was made, and nobody else locks them for its lock-delay more.
 *
 * <p>A gateway that lives on keeps the lock itself for that delay. {@link EndedSessions} keeps it
 * where a gateway dies.
 */
final class ConsulSessions implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ConsulSessions.class);
  private static final int MOST = 10_000;
  private static final long WRITE_SECONDS = 10;
  private static final long SHOWN_MILLIS = 3_000;

  private final Coordinator coordinator;
  private final Vertx vertx;
  private final Locks locks;
  private final KvStore store;
  private final DirectoryView view;
  private final EndedSessions ended;
  private final Map<String, Live> mine = new ConcurrentHashMap<>();
  private final Runnable stopSessions;

  /**
   * What a client asked for.
   *
   * @param delete whether its keys are deleted when it ends, rather than unlocked
   * @param ttl how long it lives without a renewal; empty for as long as the gateway
   */
  record Definition(
      String name, String node, Duration lockDelay, boolean delete, Optional<Duration> ttl) {}

  /** A session of this gateway. */
  private static final class Live {
    private final Definition definition;
    private final Map<String, LockGrant> held = new ConcurrentHashMap<>();
    private volatile long renewedAt = System.nanoTime();
    private volatile boolean ended;

    Live(Definition definition) {
      this.definition = definition;
    }
  }

  ConsulSessions(Coordinator coordinator, Vertx vertx, KvStore store) {
    this.coordinator = coordinator;
    this.vertx = vertx;
    this.locks = new Locks(coordinator);
    this.store = store;
    this.view = new DirectoryView(coordinator, Key.of("consul", "sessions"), vertx);
    this.ended = new EndedSessions(view, store);
    this.stopSessions = coordinator.onSession(this::opened);
  }

  /** With the gateway's session all that it stood for has ended. */
  private void opened(Session session) {
    mine.forEach(
        (id, live) -> {
          live.ended = true;
          live.held.values().forEach(LockGrant::release);
        });
    mine.clear();
  }

  DirectoryView view() {
    return view;
  }

  /** False for one of this gateway whose own session may be over: others may have its locks. */
  boolean isAlive(String id) {
    return view.find(id).isPresent()
        && (!mine.containsKey(id) || coordinator.current().isPresent());
  }

  /** The shape of a session, as {@code session/info} shows it. */
  Optional<String> info(String id) {
    return view.find(id).map(entry -> entry.payload().text());
  }

  CompletableFuture<String> create(Definition definition) {
    if (mine.size() >= MOST) {
      throw new BadRequestException(429, "there are at most " + MOST + " sessions");
    }
    String id = UUID.randomUUID().toString();
    Live live = new Live(definition);
    mine.put(id, live);
    return coordinator
        .commit(Transaction.EMPTY.putForSession(view.key(id), encode(id, definition)))
        .orTimeout(WRITE_SECONDS, TimeUnit.SECONDS)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                mine.remove(id);
              }
            })
        .thenCompose(revision -> view.shows(revision, SHOWN_MILLIS))
        .thenApply(
            done -> {
              definition.ttl().ifPresent(ttl -> watchOver(id, live, ttl));
              return id;
            });
  }

  private static Payload encode(String id, Definition definition) {
    ObjectNode json = ConsulJson.MAPPER.createObjectNode();
    json.put("ID", id).put("Name", definition.name()).put("Node", definition.node());
    json.putArray("NodeChecks");
    json.putNull("ServiceChecks");
    json.put("LockDelay", Durations.nanos(definition.lockDelay()));
    json.put("Behavior", definition.delete() ? "delete" : "release");
    json.put("TTL", definition.ttl().map(ttl -> ttl.toSeconds() + "s").orElse(""));
    return Payload.utf8(json.toString());
  }

  /** Ends it half its TTL after it should have been renewed: never early, as Consul does. */
  private void watchOver(String id, Live live, Duration ttl) {
    long most = Durations.millis(ttl.plus(ttl.dividedBy(2)));
    long since = Durations.millis(Duration.ofNanos(System.nanoTime() - live.renewedAt));
    vertx.setTimer(
        Math.max(1, most - since),
        fired -> {
          if (live.ended) {
            return;
          }
          if (Durations.millis(Duration.ofNanos(System.nanoTime() - live.renewedAt)) >= most) {
            LOG.warn("the session {} of a client of Consul was not renewed in time", id);
            end(id);
          } else {
            watchOver(id, live, ttl);
          }
        });
  }

  /**
   * False if this gateway has no such session.
   *
   * @throws BadRequestException while the store is away: this gateway cannot know then that the
   *     session's locks are not another's
   */
  boolean renew(String id) {
    Live live = mine.get(id);
    if (live == null) {
      return false;
    }
    live.renewedAt = System.nanoTime();
    if (!view.isConnected()) {
      throw new BadRequestException(500, "No cluster leader");
    }
    return isAlive(id);
  }

  /** Ends a session; nothing if this gateway has none by this id. */
  CompletableFuture<Void> end(String id) {
    Live live = mine.remove(id);
    if (live == null) {
      return CompletableFuture.completedFuture(null);
    }
    live.ended = true;
    live.held.forEach((key, grant) -> lose(id, live, key, grant));
    return coordinator
        .commit(Transaction.EMPTY.delete(view.key(id)))
        .orTimeout(WRITE_SECONDS, TimeUnit.SECONDS)
        .thenCompose(revision -> view.shows(revision, SHOWN_MILLIS));
  }

  private void lose(String id, Live live, String key, LockGrant grant) {
    store
        .change(
            key,
            Optional.of(grant),
            (index, there) -> there.session().filter(id::equals).map(itself -> there.ended()))
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

  /**
   * Locks a key for a session, and writes its value.
   *
   * @return false if another has it, or had it until a moment ago
   */
  CompletableFuture<Boolean> acquire(String key, String id, String value, long flags) {
    Live live = mine.get(id);
    if (live == null || !isAlive(id)) {
      throw new BadRequestException(500, "invalid session \"" + id + "\"");
    }
    LockGrant held = live.held.get(key);
    if (held != null) {
      return store.change(
          key,
          Optional.of(held),
          (index, there) -> {
            KvEntry next = there.withValue(value, flags);
            // Somebody may have deleted it meanwhile at another gateway.
            return Optional.of(
                there.session().filter(id::equals).isPresent()
                    ? next
                    : next.lockedBy(lockOf(id, live, held)));
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
                got.map(grant -> locked(key, id, live, grant, new Value(value, flags)))
                    .orElseGet(() -> CompletableFuture.completedFuture(false)));
  }

  private static String lockName(String key) {
    return "consul/" + key;
  }

  private static KvEntry.Lock lockOf(String id, Live live, LockGrant grant) {
    Definition as = live.definition;
    return new KvEntry.Lock(id, grant.token().toString(), as.lockDelay(), as.delete(), false);
  }

  /** What a client writes. */
  private record Value(String value, long flags) {}

  private CompletableFuture<Boolean> locked(
      String key, String id, Live live, LockGrant grant, Value value) {
    return name(key, id, live, grant, value, false)
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
                lose(id, live, key, grant);
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
      String key, String id, Live live, LockGrant grant, Value value, boolean sure) {
    AtomicBoolean unsure = new AtomicBoolean();
    return store
        .change(
            key,
            Optional.of(grant),
            (index, there) -> {
              Optional<KvEntry.Lock> other =
                  there.lock().filter(lock -> !lock.session().equals(id));
              // It may have ended, with the lock, before this gateway sees that it has.
              unsure.set(!sure && other.filter(ended::isThere).isPresent());
              return unsure.get() || other.filter(ended::isHeldBack).isPresent()
                  ? Optional.empty()
                  : Optional.of(
                      there
                          .withValue(value.value(), value.flags())
                          .lockedBy(lockOf(id, live, grant)));
            })
        .thenCompose(
            done ->
                unsure.get()
                    ? view.refresh().thenCompose(fresh -> name(key, id, live, grant, value, true))
                    : CompletableFuture.completedFuture(done));
  }

  /** Unlocks a key, and writes its value; false if the session does not have it. */
  CompletableFuture<Boolean> release(String key, String id, String value, long flags) {
    Live live = mine.get(id);
    LockGrant grant = live == null ? null : live.held.remove(key);
    if (grant == null) {
      return CompletableFuture.completedFuture(false);
    }
    return store
        .change(
            key,
            Optional.of(grant),
            (index, there) -> Optional.of(there.withValue(value, flags).unlocked()))
        .whenComplete((done, failure) -> grant.release());
  }

  /** A key is deleted: whoever has it locked has no longer. */
  boolean forget(String key) {
    for (Live live : mine.values()) {
      LockGrant grant = live.held.remove(key);
      if (grant != null) {
        grant.release();
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    stopSessions.run();
    mine.keySet().forEach(this::end);
    view.close();
  }
}
