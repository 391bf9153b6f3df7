package io.holdfast.gateway;

import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.registry.lease.Lease;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All services, kept up to date by one view each, however many clients ask: what every door shows.
 * An outage of the store empties nothing: the last known instances stay.
 *
 * <p>A new service is found by a watch of their names, and at once if it was registered here:
 * {@link #follow}. What is {@link ServiceView}'s {@code DRAINING} is acknowledged when all
 * listeners are done with the change.
 *
 * <p>Changes arrive on the registry's listener thread, one at a time.
 */
public final class ServiceFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceFeed.class);
  private static final int MOST_SERVICES = 10_000;

  private final Registry registry;
  private final FeedWaits waits;
  private final Map<String, ServiceView> views = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<String, ServiceState> states = new ConcurrentSkipListMap<>();
  private final List<BiFunction<ServiceState, ServiceState, CompletionStage<?>>> listeners =
      new CopyOnWriteArrayList<>();

  /** Grows with each change of any service. Written under this object's monitor. */
  private volatile long index = 1;

  private volatile Runnable stopNames = () -> {};
  private volatile boolean listed;
  private volatile boolean ready;
  private volatile boolean closed;

  ServiceFeed(Registry registry, FeedWaits waits) {
    this.registry = registry;
    this.waits = waits;
  }

  /** The services by name. A live view of them. */
  public Map<String, ServiceState> services() {
    return Collections.unmodifiableMap(states);
  }

  /** One of them; empty if it is not known. */
  public Optional<ServiceState> service(String name) {
    return Optional.ofNullable(states.get(name));
  }

  /** Grows with each change of any service. At least 1. */
  public long index() {
    return index;
  }

  /**
   * True once the store has named the services and their instances: before that a door has nothing
   * that it could show, and says so instead of showing nobody.
   */
  public boolean isReady() {
    noteReady();
    return ready;
  }

  /**
   * Once is enough: a service that is new, in an outage or just now, hides no other. So it is noted
   * when it comes about, whether or not somebody asks then.
   */
  private void noteReady() {
    ready = ready || (listed && states.values().stream().allMatch(ServiceState::isKnown));
  }

  /**
   * True once the store has named the services; each is {@link ServiceState#isKnown} when its
   * instances are there, too.
   */
  public boolean isListed() {
    return listed;
  }

  /**
   * Waits without a thread for a change of a service.
   *
   * @param service its name, known or not; empty for a change of any service
   * @param seen the index that the caller has seen; a present index that differs ends the wait at
   *     once
   * @param millis the longest wait
   * @return completes with the present index, changed or not; never fails. Completes on any thread
   */
  public CompletableFuture<Long> changed(Optional<String> service, long seen, long millis) {
    return waits.await(service, () -> indexOf(service), seen, millis);
  }

  /**
   * Waits without a thread until a service is shown as {@code enough} wants it: so that who has
   * written reads here what it wrote.
   *
   * @return completes with whether it is shown so; with false once {@code millis} have passed
   */
  public CompletableFuture<Boolean> until(
      String service, Predicate<ServiceSnapshot> enough, long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long seen = indexOf(Optional.of(service));
    if (service(service).filter(state -> enough.test(state.snapshot())).isPresent()) {
      return CompletableFuture.completedFuture(true);
    }
    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    if (left <= 0 || closed) {
      return CompletableFuture.completedFuture(false);
    }
    return changed(Optional.of(service), seen, left)
        .thenCompose(
            now -> until(service, enough, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
  }

  /** The index of a service; that of all for a service that is not known, or none. */
  public long indexOf(Optional<String> service) {
    return service.flatMap(this::service).map(ServiceState::index).orElse(index);
  }

  /**
   * Calls {@code listener} with each change of a service's instances or freshness, before and
   * after, on one thread. It must not block. A drain is acknowledged once the stages that all
   * listeners return are complete.
   *
   * @return stops it
   */
  public Runnable listen(BiFunction<ServiceState, ServiceState, CompletionStage<?>> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Watches a service from now on, if it is not watched yet. */
  public void follow(String service) {
    if (closed || views.containsKey(service)) {
      return;
    }
    if (views.size() >= MOST_SERVICES) {
      LOG.warn("{} services are watched, passing over {}", MOST_SERVICES, service);
      return;
    }
    ServiceView view = registry.view(service);
    if (views.putIfAbsent(service, view) != null) {
      view.close();
      return;
    }
    states.put(service, new ServiceState(service, 1, ServiceSnapshot.unknown(service)));
    view.onChangeAsync(change -> show(service, change.after()));
    show(service, view.snapshot());
    if (closed) {
      view.close();
    }
  }

  /**
   * Watches which services there are. To be called once.
   *
   * @return completes once the store has named them
   */
  CompletableFuture<Void> start() {
    CompletableFuture<Void> named = new CompletableFuture<>();
    stopNames =
        registry.onServices(
            names -> {
              if (!closed) {
                names.forEach(this::follow);
                listed = true;
                noteReady();
                named.complete(null);
              }
            });
    return named;
  }

  /** What the views show now. */
  Collection<ServiceSnapshot> snapshots() {
    List<ServiceSnapshot> all = new ArrayList<>();
    views.values().forEach(view -> all.add(view.snapshot()));
    return all;
  }

  private CompletionStage<?> show(String service, ServiceSnapshot now) {
    ServiceState before;
    ServiceState after;
    synchronized (this) {
      before = states.getOrDefault(service, new ServiceState(service, 1, now));
      if (before.snapshot().freshness() != Freshness.DISK
          && now.revision().compareTo(before.snapshot().revision()) < 0) {
        return CompletableFuture.completedFuture(null);
      }
      boolean same = visible(before.snapshot()).equals(visible(now));
      long next =
          same ? before.index() : Math.max(before.index() + 1, Math.max(1, now.revision().value()));
      after = new ServiceState(service, next, now);
      states.put(service, after);
      if (!same) {
        // After what it counts: whoever has read it sees that change.
        index = Math.max(index + 1, next);
      }
    }
    noteReady();
    if (after.index() != before.index()) {
      waits.wake(service);
    }
    List<CompletableFuture<?>> stages = new ArrayList<>();
    for (BiFunction<ServiceState, ServiceState, CompletionStage<?>> listener : listeners) {
      stages.add(listener.apply(before, after).toCompletableFuture());
    }
    return CompletableFuture.allOf(stages.toArray(new CompletableFuture<?>[0]));
  }

  /** What a client can see: who holds a lease is nobody's concern. */
  private static List<RegisteredInstance> visible(ServiceSnapshot snapshot) {
    List<RegisteredInstance> visible = new ArrayList<>(snapshot.instances().size());
    for (RegisteredInstance there : snapshot.instances()) {
      visible.add(
          new RegisteredInstance(
              Lease.withoutHolder(there.instance()),
              there.epoch(),
              there.ownStatus(),
              there.override(),
              there.hold()));
    }
    return visible;
  }

  @Override
  public void close() {
    closed = true;
    stopNames.run();
    waits.close();
    views.values().forEach(ServiceView::close);
  }
}
