package io.holdfast.loadbalancer;

import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses an instance for each request. Safe for use by many threads; needs no closing.
 *
 * <p>Only instances that are {@link InstanceStatus#UP} with a weight above 0 are ever chosen.
 *
 * <p><b>Cost.</b> A pick reads two volatile fields (the view's snapshot, and the picker made for
 * it), takes no lock, and allocates only the {@link Pick} and its {@code Optional}. The first pick
 * after a change of the service makes the new picker, in time linear in the number of instances.
 * Pulled rather than pushed, a picker is never behind the snapshot that its user sees, and there is
 * no listener to take away again.
 */
public final class LoadBalancer {

  private final Supplier<ServiceSnapshot> snapshots;
  private final Policy policy;
  private final Predicate<? super ServiceInstance> wanted;
  private final EndpointTable table;
  private final Dice dice;

  /** Written by any thread. */
  private volatile @Nullable Current current;

  /** A snapshot with what was made of it. */
  private record Current(ServiceSnapshot snapshot, List<Endpoint> endpoints, Picker picker) {
    @SuppressWarnings("ReferenceEquality") // comparing contents would cost a pick more than it is
    boolean isFor(ServiceSnapshot latest) {
      return snapshot == latest;
    }
  }

  /** Balances over a view, which its user closes after the last pick. */
  public LoadBalancer(ServiceView view, Policy policy) {
    this(view::snapshot, policy);
  }

  /**
   * Balances over snapshots from anywhere.
   *
   * @param snapshots called at each pick: cheap, and the same object until something changes
   */
  public LoadBalancer(Supplier<ServiceSnapshot> snapshots, Policy policy) {
    this(snapshots, policy, Dice.FAIR);
  }

  LoadBalancer(Supplier<ServiceSnapshot> snapshots, Policy policy, Dice dice) {
    this(snapshots, policy, instance -> true, new EndpointTable(), dice);
  }

  private LoadBalancer(
      Supplier<ServiceSnapshot> snapshots,
      Policy policy,
      Predicate<? super ServiceInstance> wanted,
      EndpointTable table,
      Dice dice) {
    this.snapshots = snapshots;
    this.policy = policy;
    this.wanted = wanted;
    this.table = table;
    this.dice = dice;
  }

  /**
   * A balancer over those of this one's instances that {@code also} accepts, such as the owner of a
   * shard. Shares what is known of their load. Keep it: it holds a picker of its own.
   *
   * @param also called when the service changes, for each instance
   */
  public LoadBalancer where(Predicate<? super ServiceInstance> also) {
    return new LoadBalancer(
        snapshots, policy, instance -> wanted.test(instance) && also.test(instance), table, dice);
  }

  /** Chooses an instance; empty if there is none to choose. */
  public Optional<Pick> pick() {
    return pick(Set.of());
  }

  /**
   * Chooses an instance for another try.
   *
   * @param exclude ids of instances that must not be chosen, because they were tried already
   * @return empty if there is none to choose
   */
  public Optional<Pick> pick(Set<String> exclude) {
    Endpoint chosen = now().picker().pick(exclude);
    return chosen == null ? Optional.empty() : Optional.of(new Pick(chosen));
  }

  /** What is known of the instances that may be chosen, by id. */
  public List<EndpointStatistics> statistics() {
    return now().endpoints().stream().map(EndpointStatistics::of).toList();
  }

  private Current now() {
    Current there = current;
    return there != null && there.isFor(snapshots.get()) ? there : rebuild();
  }

  /**
   * Without a lock, for {@link #wanted} is foreign code. Threads that come at the same time each
   * make a picker, and the last one stays; an older one that stays is found out by the next pick.
   */
  private Current rebuild() {
    ServiceSnapshot latest = snapshots.get();
    List<Endpoint> endpoints = table.endpoints(latest).stream().filter(this::mayBeChosen).toList();
    Current next = new Current(latest, endpoints, policy.picker(endpoints, dice));
    current = next;
    return next;
  }

  private boolean mayBeChosen(Endpoint endpoint) {
    ServiceInstance instance = endpoint.registered().instance();
    return instance.status() == InstanceStatus.UP && instance.weight() > 0 && wanted.test(instance);
  }
}
