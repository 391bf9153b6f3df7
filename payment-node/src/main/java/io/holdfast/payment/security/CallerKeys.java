package io.holdfast.payment.security;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The callers as this node knows them: a copy of what {@link CallerAdmin} keeps in the coordination
 * store, followed by a watch. A look-up asks nobody.
 *
 * <p><b>How late.</b> A node in touch with the store sees a change as soon as the store tells of
 * it, within milliseconds. A node that is out of touch keeps what it knew last, for as long as that
 * lasts: an outage of the store locks nobody out and lets nobody in. It serves no shard for longer
 * than its session's time-out then, and a request that it passes on is checked again by the owner
 * of the shard ({@link Authentication#forwarded}). So a revoked key can move money for at most the
 * session time-out, and the time in which the store tells of changes, after it was revoked; it can
 * read, at a node out of touch, until that node is in touch again.
 *
 * <p>An entry that cannot be read, of a later version say, leaves the caller as it was known. One
 * that was removed, which no command does, is a caller revoked.
 */
public final class CallerKeys implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CallerKeys.class);

  private final CompletableFuture<Void> known = new CompletableFuture<>();
  private final Runnable stopSessions;
  private final Coordinator coordinator;
  private volatile boolean closed;

  /** Written in the coordinator's context only. */
  private volatile View view = new View(Map.of(), Map.of());

  /** Set once there was a caller, and never taken back. */
  private volatile boolean inUse;

  /** Used in the coordinator's context only, as is all below. */
  private Map<Key, Read> latest = Map.of();

  private @Nullable Session session;
  private Watch watch = () -> {};

  private record View(Map<String, StoredCaller> byName, Map<String, StoredCaller> byKeyId) {}

  /** An entry as it was read last; empty if it never could be. */
  private record Read(Revision modified, Optional<StoredCaller> caller) {}

  /** Starts to follow the store. */
  public CallerKeys(Coordinator coordinator) {
    this.coordinator = coordinator;
    this.stopSessions = coordinator.onSession(this::follow);
  }

  /** Completes when the store has told for the first time who there is. */
  public CompletableFuture<Void> known() {
    return known.copy();
  }

  /** False as long as nobody has ever been added, as far as this node knows. */
  public boolean areInUse() {
    return inUse;
  }

  /** Whoever is named so, revoked or not. */
  public Optional<StoredCaller> named(String name) {
    return Optional.ofNullable(view.byName.get(name));
  }

  /** Whose key it is: the secret is right, the key or the caller perhaps revoked. */
  Optional<StoredCaller> owning(ApiKey shown) {
    return Optional.ofNullable(view.byKeyId.get(shown.id()))
        .filter(
            caller -> caller.key(shown.id()).filter(stored -> stored.matches(shown)).isPresent());
  }

  boolean areKnown() {
    return known.isDone();
  }

  private void follow(Session opened) {
    if (closed) {
      return;
    }
    session = opened;
    watch.close();
    watch =
        opened.watch(
            CallerEntries.DIRECTORY,
            snapshot -> {
              if (!closed && opened.equals(session)) {
                heard(snapshot);
              }
            });
  }

  private void heard(Snapshot snapshot) {
    Map<Key, Read> now = new HashMap<>();
    for (Entry entry : snapshot.entries()) {
      now.put(entry.key(), read(entry, latest.get(entry.key())));
    }
    latest
        .keySet()
        .forEach(
            key -> {
              if (!now.containsKey(key)) {
                LOG.warn("the entry of caller {} was removed: it is taken for revoked", key.name());
              }
            });
    latest = now;
    Map<String, StoredCaller> byName = new HashMap<>();
    Map<String, StoredCaller> byKeyId = new HashMap<>();
    for (Read read : now.values()) {
      read.caller()
          .ifPresent(
              caller -> {
                byName.put(caller.name(), caller);
                caller.keys().forEach(key -> byKeyId.put(key.id(), caller));
              });
    }
    inUse |= !now.isEmpty();
    view = new View(byName, byKeyId);
    known.complete(null);
  }

  private static Read read(Entry entry, @Nullable Read before) {
    if (before != null && before.modified().equals(entry.modified())) {
      return before;
    }
    try {
      return new Read(entry.modified(), Optional.of(CallerEntries.read(entry)));
    } catch (IllegalArgumentException e) {
      LOG.warn(
          "the entry of caller {} cannot be read, so it stays as it was known: {}",
          entry.key().name(),
          e.getMessage());
      return new Read(entry.modified(), before == null ? Optional.empty() : before.caller());
    }
  }

  /** Follows no longer; what was known stays. Idempotent. */
  @Override
  public void close() {
    closed = true;
    stopSessions.run();
    coordinator.context().execute(() -> watch.close());
  }
}
