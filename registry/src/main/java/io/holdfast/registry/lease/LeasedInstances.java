package io.holdfast.registry.lease;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.registry.MalformedInstanceException;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.internal.publication.LeaseWrites;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of clients that have no session, but renew a lease now and then at a gateway.
 *
 * <p><b>Several gateways.</b> An instance is a permanent entry, so it survives its gateway. The
 * entry names the one gateway that counts the time since the last renewal, its <i>holder</i>. A
 * client that renews at another gateway makes that one the holder, by one write. Every gateway has
 * a key in the store that lives as long as its session. When the key of a holder is gone, each of
 * the others begins to count: an instance that is not renewed anywhere within its time to live,
 * counted from there, is removed. So a dead gateway drops no instance whose client renews at
 * another one in time.
 *
 * <pre>
 *   client   register A     renew A     (A dies)      renew B
 *   entry    holder A ..................................holder B ......
 *   A alive  ---------------------------|session ends
 *   B counts                                  |<-- ttl ----------->| would remove it here
 * </pre>
 *
 * <p><b>Outages.</b> While the store is away a renewal is answered from memory, and nothing is
 * removed. While no gateway runs, nobody can tell the living from the dead: entries stay, and the
 * first gateway that starts counts one time to live for each.
 *
 * <p>An instance that is removed because its client fell silent leaves no goodbye, so views protect
 * themselves against many such at once; one that its client cancelled does.
 *
 * <p>Safe for use by many threads. Futures complete in the coordinator's context or at once.
 */
public final class LeasedInstances implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LeasedInstances.class);

  private final String name = "gateway-" + UUID.randomUUID();
  private final RegistryFormat format = RegistryFormat.holdfast();
  private final LeaseLimits limits;
  private final Function<String, Optional<ServiceSnapshot>> shown;
  private final LeaseWrites writes;
  private final Presence presence;
  private final LeaseClock clock;
  private final Semaphore underWay;

  /** The last write of each entry that is under way: the next waits for it. */
  private final Map<Key, CompletableFuture<?>> tails = new ConcurrentHashMap<>();

  /**
   * With what the views of this process show.
   *
   * @param shown the snapshot of a service; empty if there is no view of it
   */
  public LeasedInstances(
      Coordinator coordinator,
      LeaseLimits limits,
      Function<String, Optional<ServiceSnapshot>> shown) {
    this.limits = limits;
    this.shown = shown;
    this.writes = new LeaseWrites(coordinator, limits.patience());
    this.presence = new Presence(coordinator, name);
    this.clock = new LeaseClock(name, coordinator.context()::nanoTime);
    this.underWay = new Semaphore(limits.writes());
  }

  /** Makes this gateway known to the others. */
  public void start() {
    presence.start();
  }

  /** This gateway's name among those that hold leases. */
  public String holder() {
    return name;
  }

  /**
   * Publishes an instance, or another description of it, for a client. The client has to renew it.
   *
   * @param instance without keys that begin with {@value Lease#RESERVED} in its metadata
   * @param ttl how long it stays without a renewal, within the bounds of {@link Lease}
   * @param notes what the gateway wants to know again, under keys that begin so
   * @return completes once it is in the store; fails with {@link TakenException}, {@link
   *     TooManyLeasesException}, or {@link io.holdfast.coordination.UnavailableException} (it may
   *     take effect yet)
   */
  public CompletableFuture<Void> register(
      ServiceInstance instance, Duration ttl, Map<String, String> notes) {
    Key key = key(instance.service(), instance.id());
    if (clock.size() >= limits.leases() && !clock.holds(key)) {
      return CompletableFuture.failedFuture(
          new TooManyLeasesException("this gateway renews " + limits.leases() + " instances"));
    }
    ServiceInstance leased = new Lease(name, ttl).of(instance, notes);
    return inTurn(
            key,
            () -> {
              Optional<RegisteredInstance> there = find(instance.service(), instance.id());
              if (there.isPresent() && Lease.of(there.get().instance()).isEmpty()) {
                return CompletableFuture.completedFuture(false);
              }
              return writes.put(key, format.encode(leased), there.isPresent());
            })
        .thenAccept(
            done -> {
              if (!done) {
                throw new TakenException(
                    instance.service() + "/" + instance.id() + " is registered by a session");
              }
              clock.renewed(key);
            });
  }

  /**
   * Renews an instance, and makes this gateway its holder.
   *
   * @return false if the views here do not show an instance with a lease by this id: its client has
   *     to register it. The store is asked for nothing, and told only if another gateway was the
   *     holder
   */
  public boolean renew(String service, String id) {
    Optional<RegisteredInstance> there = find(service, id);
    Optional<Lease> lease = there.flatMap(found -> Lease.of(found.instance()));
    if (lease.isEmpty()) {
      return false;
    }
    Key key = key(service, id);
    clock.renewed(key);
    if (!lease.get().holder().equals(name)) {
      takeOver(key);
    }
    return true;
  }

  /** Says that it holds the lease from now on; if that fails, the next renewal tries again. */
  private void takeOver(Key key) {
    if (tails.containsKey(key)) {
      return;
    }
    inTurn(
            key,
            () -> {
              Optional<RegisteredInstance> there = find(key.parent().name(), key.name());
              Optional<Lease> lease = there.flatMap(found -> Lease.of(found.instance()));
              if (lease.isEmpty() || lease.get().holder().equals(name)) {
                return CompletableFuture.completedFuture(null);
              }
              ServiceInstance own = own(there.get());
              ServiceInstance mine = new Lease(name, lease.get().ttl()).of(own, Lease.notes(own));
              return writes.replace(key, format.encode(mine)).<Void>thenApply(done -> null);
            })
        .exceptionally(
            failure -> {
              LOG.debug("{} is not taken over yet", key, failure);
              return null;
            });
  }

  /** As it was put: without an operator's override. */
  private static ServiceInstance own(RegisteredInstance there) {
    return there.instance().withStatus(there.ownStatus());
  }

  /**
   * Changes the description of an instance.
   *
   * @param change must keep service and id; sees and may change the notes
   * @return false if there is no instance with a lease by this id; fails as {@link #register} does
   */
  public CompletableFuture<Boolean> update(
      String service, String id, UnaryOperator<ServiceInstance> change) {
    Key key = key(service, id);
    return inTurn(
        key,
        () -> {
          Optional<RegisteredInstance> there = find(service, id);
          Optional<Lease> lease = there.flatMap(found -> Lease.of(found.instance()));
          if (lease.isEmpty()) {
            return CompletableFuture.completedFuture(false);
          }
          ServiceInstance changed = change.apply(own(there.get()));
          ServiceInstance mine =
              new Lease(name, lease.get().ttl()).of(changed, Lease.notes(changed));
          clock.renewed(key);
          return writes.replace(key, format.encode(mine));
        });
  }

  /**
   * Removes an instance whose client says goodbye.
   *
   * @return false if there is none with a lease by this id; fails as {@link #register} does
   */
  public CompletableFuture<Boolean> cancel(String service, String id) {
    Key key = key(service, id);
    return inTurn(
        key,
        () -> {
          Optional<RegisteredInstance> there = find(service, id);
          if (there.isEmpty() || Lease.of(there.get().instance()).isEmpty()) {
            return CompletableFuture.completedFuture(false);
          }
          clock.forget(key);
          return writes.remove(key, there.get().epoch());
        });
  }

  /**
   * Removes what was not renewed in time. Call it about once a second with all that the views show.
   *
   * @param snapshots of all services; those that are not current are passed over
   */
  public void sweep(Iterable<ServiceSnapshot> snapshots) {
    Map<Key, Set<String>> late = new TreeMap<>();
    LeaseClock.Sweep sweep = clock.sweep(presence.alive());
    for (ServiceSnapshot snapshot : snapshots) {
      for (RegisteredInstance there : snapshot.instances()) {
        Lease.of(there.instance())
            .filter(lease -> !there.isHeld())
            .ifPresent(
                lease -> {
                  Key key = key(snapshot.service(), there.id());
                  if (sweep.isLate(key, lease, snapshot.isCurrent())) {
                    late.computeIfAbsent(key.parent(), none -> new TreeSet<>()).add(there.id());
                  }
                });
      }
    }
    sweep.end();
    late.forEach(this::expire);
  }

  private void expire(Key directory, Set<String> ids) {
    LOG.warn("{} of {} were not renewed in time, removing them", ids, directory);
    writes
        .expire(
            directory,
            ids,
            (id, payload) -> {
              try {
                ServiceInstance there = format.decode(directory.name(), id, payload);
                return Lease.of(there)
                    .filter(lease -> clock.mayExpire(directory.child(id), lease))
                    .isPresent();
              } catch (MalformedInstanceException e) {
                return false;
              }
            })
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                ids.forEach(id -> clock.forget(directory.child(id)));
              } else {
                LOG.debug("could not remove {} of {} yet", ids, directory, failure);
              }
            });
  }

  /**
   * How long ago the last renewal here was.
   *
   * @return empty if it was not renewed here
   */
  public Optional<Duration> sinceRenewal(String service, String id) {
    return clock.sinceRenewal(key(service, id));
  }

  /**
   * Whether this gateway counts for an instance: it holds the lease, or is among those who count
   * since its holder is gone.
   */
  public boolean counts(ServiceInstance instance) {
    return Lease.of(instance)
        .filter(
            lease ->
                lease.holder().equals(name)
                    || presence.alive().filter(all -> !all.contains(lease.holder())).isPresent())
        .isPresent();
  }

  private Optional<RegisteredInstance> find(String service, String id) {
    return shown.apply(service).flatMap(snapshot -> snapshot.find(id)).filter(one -> !one.isHeld());
  }

  private Key key(String service, String id) {
    return format.directory(service).child(id);
  }

  /** One write of an entry after the other, and no more at once than may be. */
  private <T> CompletableFuture<T> inTurn(Key key, Supplier<CompletableFuture<T>> write) {
    if (!underWay.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new TooManyLeasesException("too many writes are under way"));
    }
    CompletableFuture<T> mine = new CompletableFuture<>();
    CompletableFuture<?> before = tails.put(key, mine);
    (before == null ? CompletableFuture.completedFuture(null) : before.handle((v, f) -> null))
        .thenCompose(none -> write.get())
        .whenComplete(
            (value, failure) -> {
              underWay.release();
              tails.remove(key, mine);
              if (failure == null) {
                mine.complete(value);
              } else {
                mine.completeExceptionally(
                    failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure);
              }
            });
    return mine;
  }

  /** Tells the other gateways, which begin to count at once. The instances stay. */
  @Override
  public void close() {
    presence.close();
  }
}
