package io.holdfast.testkit.memory;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.spi.Context;
import io.holdfast.spi.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A coordination cluster in memory, with a network that can be told to fail.
 *
 * <p>It keeps sessions, queues and keys exactly as {@link io.holdfast.spi.Session} asks. Requests
 * and replies travel through {@link Faults}; a client's connection can be {@link #cut}; a session
 * can be {@link #expire}d.
 */
public final class MemoryCluster implements AutoCloseable {

  private static final Map<String, MemoryCluster> NAMED = new ConcurrentHashMap<>();

  private final Context context;
  private final Supplier<Context> clientContexts;
  private final Set<String> cut = ConcurrentHashMap.newKeySet();
  private volatile Faults faults = Faults.NONE;

  /** Used in the context only, as is all below. */
  private final MemoryStore store = new MemoryStore(this::changed);

  /** Not shared with other clusters, so that a run depends on its seed alone. */
  private long sessions;

  private final Map<String, Long> lastHeard = new HashMap<>();
  private final List<Subscription> subscriptions = new ArrayList<>();

  /** Something that a client wants to hear of. */
  private record Subscription(MemoryLink link, Key key, Scope scope, Runnable notice) {
    boolean concerns(Key changed) {
      if (scope == Scope.CHILDREN) {
        return changed.hasParent() && changed.parent().equals(key);
      }
      return scope == Scope.KEY ? changed.equals(key) : changed.path().startsWith(key.path() + "/");
    }
  }

  /** Which changes a subscription hears of. */
  enum Scope {
    /** Those of the key itself. */
    KEY,
    /** Those of keys directly below it. */
    CHILDREN,
    /** Those of all keys below it. */
    TREE
  }

  private MemoryCluster(Context context, Supplier<Context> clientContexts) {
    this.context = context;
    this.clientContexts = clientContexts;
  }

  /** A cluster on the machine's clock, with threads of its own. */
  public static MemoryCluster onRealTime() {
    return new MemoryCluster(
        new EventLoop("holdfast-memory-cluster"), () -> new EventLoop("holdfast-memory-client"));
  }

  /** A cluster whose every step the test makes. */
  public static MemoryCluster on(VirtualTime time) {
    return new MemoryCluster(time.newContext(), time::newContext);
  }

  /** The cluster behind {@code memory://name}: one for the whole JVM, on real time. */
  public static MemoryCluster named(String name) {
    return NAMED.computeIfAbsent(name, ignored -> onRealTime());
  }

  /**
   * A client of the cluster.
   *
   * @param name what faults know it by
   */
  public MemoryBackend client(String name, CoordinatorOptions options) {
    return client(name, options, new Key("holdfast"));
  }

  MemoryBackend client(String name, CoordinatorOptions options, Key namespace) {
    return new MemoryBackend(this, name, options, namespace, clientContexts.get());
  }

  /** Puts every message from now on through {@code newFaults}. */
  public void faults(Faults newFaults) {
    faults = newFaults;
  }

  /** Loses every message of a client until {@link #heal}. */
  public void cut(String client) {
    cut.add(client);
  }

  /** Ends a {@link #cut}. */
  public void heal(String client) {
    cut.remove(client);
  }

  /** Ends a session on the cluster's side, as if its time had run out. */
  public void expire(String session) {
    context.execute(() -> end(session));
  }

  Context context() {
    return context;
  }

  Faults.Fate fate(String client, Faults.Message message) {
    return cut.contains(client) ? Faults.Fate.LOST : faults.decide(client, message);
  }

  // From here on: called in the context.

  MemoryStore store() {
    return store;
  }

  String openSession(Key namespace, Payload owner, Duration timeout) {
    String session = "m" + ++sessions;
    store.openSession(session, namespace.child("sessions").child(session), owner);
    lastHeard.put(session, context.nanoTime());
    expireLater(session, timeout, timeout);
    return session;
  }

  void heardOf(String session) {
    lastHeard.computeIfPresent(session, (id, before) -> context.nanoTime());
  }

  private void expireLater(String session, Duration timeout, Duration pause) {
    context.schedule(
        pause,
        () -> {
          Long heard = lastHeard.get(session);
          if (heard == null) {
            return;
          }
          long left = heard + timeout.toNanos() - context.nanoTime();
          if (left <= 0) {
            end(session);
          } else {
            expireLater(session, timeout, Duration.ofNanos(left));
          }
        });
  }

  void end(String session) {
    lastHeard.remove(session);
    subscriptions.removeIf(subscription -> subscription.link().serves(session));
    store.closeSession(session);
  }

  /**
   * Sends {@code notice} to the client at the next change.
   *
   * @return stops it; to be called in the context
   */
  Runnable subscribe(MemoryLink link, Key key, Scope scope, Runnable notice) {
    Subscription subscription = new Subscription(link, key, scope, notice);
    subscriptions.add(subscription);
    return () -> subscriptions.remove(subscription);
  }

  private void changed(Set<Key> keys) {
    for (Subscription subscription : List.copyOf(subscriptions)) {
      if (keys.stream().anyMatch(subscription::concerns)) {
        subscription.link().push("notify", subscription.notice());
      }
    }
  }

  /** Ends the cluster's thread, if it has one. A {@link #named} one is forgotten. */
  @Override
  public void close() {
    NAMED.values().remove(this);
    if (context instanceof EventLoop loop) {
      loop.close();
    }
  }
}
