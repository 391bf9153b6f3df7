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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions of Consul's clients. A session belongs to the gateway that made it, and ends with that
 * gateway's own session: every gateway sees it, its own alone renews it and locks with it. {@link
 * SessionLocks} are the keys that they lock.
 */
final class ConsulSessions implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ConsulSessions.class);
  private static final int MOST = 10_000;
  private static final long WRITE_SECONDS = 10;
  private static final long SHOWN_MILLIS = 3_000;

  private final Coordinator coordinator;
  private final Vertx vertx;
  private final DirectoryView view;
  private final SessionLocks locks;
  private final Map<String, LiveSession> mine = new ConcurrentHashMap<>();
  private final Runnable stopSessions;

  /**
   * What a client asked for.
   *
   * @param delete whether its keys are deleted when it ends, rather than unlocked
   * @param ttl how long it lives without a renewal; empty for as long as the gateway
   */
  record Definition(
      String name, String node, Duration lockDelay, boolean delete, Optional<Duration> ttl) {}

  ConsulSessions(Coordinator coordinator, Vertx vertx, KvStore store) {
    this.coordinator = coordinator;
    this.vertx = vertx;
    this.view = new DirectoryView(coordinator, Key.of("consul", "sessions"), vertx);
    this.locks = new SessionLocks(new Locks(coordinator), vertx, store, view);
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

  CompletableFuture<String> create(Definition definition) {
    if (mine.size() >= MOST) {
      throw new BadRequestException(429, "there are at most " + MOST + " sessions");
    }
    String id = UUID.randomUUID().toString();
    LiveSession live = new LiveSession(id, definition);
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
              definition.ttl().ifPresent(ttl -> watchOver(live, ttl));
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
  private void watchOver(LiveSession live, Duration ttl) {
    long most = Durations.millis(ttl.plus(ttl.dividedBy(2)));
    long since = Durations.millis(Duration.ofNanos(System.nanoTime() - live.renewedAt));
    vertx.setTimer(
        Math.max(1, most - since),
        fired -> {
          if (live.ended) {
            return;
          }
          if (Durations.millis(Duration.ofNanos(System.nanoTime() - live.renewedAt)) >= most) {
            LOG.warn("the session {} of a client of Consul was not renewed in time", live.id);
            end(live.id);
          } else {
            watchOver(live, ttl);
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
    LiveSession live = mine.get(id);
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
    LiveSession live = mine.remove(id);
    if (live == null) {
      return CompletableFuture.completedFuture(null);
    }
    live.ended = true;
    locks.lose(live);
    return coordinator
        .commit(Transaction.EMPTY.delete(view.key(id)))
        .orTimeout(WRITE_SECONDS, TimeUnit.SECONDS)
        .thenCompose(revision -> view.shows(revision, SHOWN_MILLIS));
  }

  /**
   * Locks a key for a session, and writes its value.
   *
   * @return false if another has it, or had it until a moment ago
   */
  CompletableFuture<Boolean> acquire(String key, String id, String value, long flags) {
    LiveSession live = mine.get(id);
    if (live == null || !isAlive(id)) {
      throw new BadRequestException(500, "invalid session \"" + id + "\"");
    }
    return locks.acquire(key, live, new SessionLocks.Value(value, flags));
  }

  /** Unlocks a key, and writes its value; false if the session does not have it. */
  CompletableFuture<Boolean> release(String key, String id, String value, long flags) {
    LiveSession live = mine.get(id);
    return live == null
        ? CompletableFuture.completedFuture(false)
        : locks.release(key, live, new SessionLocks.Value(value, flags));
  }

  /** A key is deleted: whoever has it locked has no longer. */
  boolean forget(String key) {
    for (LiveSession live : mine.values()) {
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
