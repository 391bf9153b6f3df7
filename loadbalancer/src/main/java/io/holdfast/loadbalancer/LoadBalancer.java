package io.holdfast.loadbalancer;

import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.loadbalancer.internal.feedback.CallReporter;
import io.holdfast.loadbalancer.internal.feedback.EndpointSet;
import io.holdfast.loadbalancer.internal.health.CandidateSet;
import io.holdfast.loadbalancer.internal.health.NoCandidate;
import io.holdfast.loadbalancer.internal.policy.Picker;
import io.holdfast.loadbalancer.internal.policy.PickerFactory;
import io.holdfast.loadbalancer.internal.policy.PickerScores;
import io.holdfast.loadbalancer.internal.policy.PreferringPicker;
import io.holdfast.loadbalancer.internal.policy.SlowStartPicker;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.registry.dual.DualView;
import java.time.Instant;
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
 * <p><b>Cost.</b> A choice reads three volatile fields that seldom change (the view's snapshot, the
 * picker made for it, and the count of ejections), takes no lock, and shares no counter. {@link
 * #choose} allocates nothing; {@link #pick} allocates the {@link Pick} and its {@code Optional}.
 * The first choice after a change of the service makes the new picker, in time linear in the number
 * of instances. The balancer reads the snapshot at each choice instead of listening for changes. So
 * a picker is never older than the snapshot that its user sees, and there is no listener to remove.
 */
public final class LoadBalancer {

  private final Supplier<ServiceSnapshot> snapshots;
  private final Policy policy;
  private final Predicate<? super ServiceInstance> wanted;
  private final @Nullable Predicate<? super ServiceInstance> preferred;
  private final EndpointSet endpointSet;
  private final RandomSource random;
  private final PickerFactory pickerFactory;

  /** Written by any thread. */
  private volatile @Nullable Current current;

  /** A snapshot with what was made of it. */
  private record Current(
      ServiceSnapshot snapshot, int version, CandidateSet candidates, Picker picker) {
    @SuppressWarnings("ReferenceEquality") // comparing contents would cost a pick more than it is
    boolean isFor(ServiceSnapshot latest, int latestVersion) {
      return snapshot == latest && version == latestVersion;
    }
  }

  /**
   * Balances over a view, which the caller closes after the last pick. Reports the outcomes of
   * requests to the view, so that a failing instance is not held: see {@link ServiceView#report}.
   */
  public LoadBalancer(ServiceView view, Policy policy) {
    this(view::snapshot, policy, view::report);
  }

  /** The same over two registries. */
  public LoadBalancer(DualView view, Policy policy) {
    this(view::snapshot, policy, view::report);
  }

  LoadBalancer(Supplier<ServiceSnapshot> snapshots, Policy policy, CallReporter reporter) {
    this(
        snapshots,
        policy,
        instance -> true,
        null,
        new EndpointSet(policy.settings(), Ticker.SYSTEM, reporter),
        RandomSource.FAIR);
  }

  /**
   * Balances over snapshots from anywhere.
   *
   * @param snapshots called at each pick: cheap, and the same object until something changes
   */
  public LoadBalancer(Supplier<ServiceSnapshot> snapshots, Policy policy) {
    this(snapshots, policy, Ticker.SYSTEM, RandomSource.FAIR);
  }

  /** Balances with a given clock and random source, for a simulation or a test. */
  public LoadBalancer(
      Supplier<ServiceSnapshot> snapshots, Policy policy, Ticker ticker, RandomSource random) {
    this(
        snapshots,
        policy,
        instance -> true,
        null,
        new EndpointSet(policy.settings(), ticker, null),
        random);
  }

  private LoadBalancer(
      Supplier<ServiceSnapshot> snapshots,
      Policy policy,
      Predicate<? super ServiceInstance> wanted,
      @Nullable Predicate<? super ServiceInstance> preferred,
      EndpointSet endpointSet,
      RandomSource random) {
    this.snapshots = snapshots;
    this.policy = policy;
    this.wanted = wanted;
    this.preferred = preferred;
    this.endpointSet = endpointSet;
    this.random = random;
    this.pickerFactory = policy.pickerFactory(random);
  }

  /**
   * A balancer over those of this one's instances that {@code also} accepts, such as the owner of a
   * shard. It shares the statistics and ejections of the instances. Keep it, because it has a
   * picker of its own.
   *
   * @param also called when the service changes, for each instance
   */
  public LoadBalancer where(Predicate<? super ServiceInstance> also) {
    return new LoadBalancer(
        snapshots,
        policy,
        instance -> wanted.test(instance) && also.test(instance),
        preferred,
        endpointSet,
        random);
  }

  /**
   * A balancer over the same instances that chooses one that {@code first} accepts, such as the
   * owner of a shard, as long as such an instance takes requests, is not ejected and is not
   * excluded; otherwise any. For instances of which each can do the work, and some with less
   * effort. It shares the statistics and ejections of the instances. Keep it, because it has
   * pickers of its own.
   *
   * @param first called when the service changes, for each instance; replaces what this one prefers
   */
  public LoadBalancer preferring(Predicate<? super ServiceInstance> first) {
    return new LoadBalancer(snapshots, policy, wanted, first, endpointSet, random);
  }

  /** Chooses an instance; empty if there is none to choose. */
  public Optional<Pick> pick() {
    return begin(chosen(null, Set.of()), null);
  }

  /**
   * Chooses an instance for another try.
   *
   * @param exclude ids of instances that must not be chosen, because they were tried already
   * @return empty if there is none to choose
   */
  public Optional<Pick> pick(Set<String> exclude) {
    return begin(chosen(null, exclude), null);
  }

  /** Chooses the instance of an affinity; empty if there is none to choose. */
  public Optional<Pick> pick(Affinity affinity) {
    return begin(chosen(affinity, Set.of()), affinity);
  }

  /** Chooses an instance for another try of a request with an affinity. */
  public Optional<Pick> pick(Affinity affinity, Set<String> exclude) {
    return begin(chosen(affinity, exclude), affinity);
  }

  /** Chooses without counting a request, and without allocating anything. */
  public Optional<Endpoint> choose() {
    return present(chosen(null, Set.of()));
  }

  /** The same, by affinity. */
  public Optional<Endpoint> choose(Affinity affinity) {
    return present(chosen(affinity, Set.of()));
  }

  /**
   * Chooses an instance for another attempt. Counts neither a request nor the lack of an instance.
   * Allocates nothing.
   *
   * @param exclude ids of instances that must not be chosen
   */
  public Optional<Endpoint> choose(Set<String> exclude) {
    return optional(chosen(null, exclude));
  }

  /** The same, by affinity. */
  public Optional<Endpoint> choose(Affinity affinity, Set<String> exclude) {
    return optional(chosen(affinity, exclude));
  }

  private Optional<Endpoint> present(@Nullable TrackedEndpoint chosen) {
    return chosen == null ? none() : chosen.present();
  }

  private static Optional<Endpoint> optional(@Nullable TrackedEndpoint chosen) {
    return chosen == null ? Optional.empty() : chosen.present();
  }

  /** Counts that there was no instance to choose. */
  private <T> Optional<T> none() {
    endpointSet.noneChosen();
    return Optional.empty();
  }

  /** Chooses as {@link #pick()} would, without counting a request, and says why. */
  public Explanation explain() {
    return explain(null, Set.of());
  }

  /** Chooses as {@link #pick(Set)} would, without counting a request, and says why. */
  public Explanation explain(Set<String> exclude) {
    return explain(null, exclude);
  }

  /** Chooses as {@link #pick(Affinity, Set)} would, without counting a request, and says why. */
  public Explanation explain(@Nullable Affinity affinity, Set<String> exclude) {
    Current now = now();
    PickerScores scores = new PickerScores();
    now.picker().describe(affinity, scores);
    TrackedEndpoint chosen = now.picker().pick(affinity, exclude);
    return now.candidates().explain(policy, chosen, exclude, scores);
  }

  /**
   * Says, for people, why a pick finds no instance now: nothing is known of the service yet, no
   * instance is registered, or the registered ones take no requests, and why.
   */
  public String whyNone() {
    Current now = now();
    return NoCandidate.explain(now.snapshot(), now.candidates(), Instant.now());
  }

  /** What is known of the instances that may be chosen, or are ejected, by id. */
  public List<EndpointStatistics> statistics() {
    return now().candidates().willing().stream().map(EndpointStatistics::of).toList();
  }

  /** What it has done since the beginning. In time linear in the number of instances. */
  public BalancerStatistics totals() {
    return endpointSet.statistics();
  }

  /** The service that it balances over. */
  public String service() {
    return snapshots.get().service();
  }

  /**
   * Tells {@code listener} from now on, beginning with the snapshot in use, what this balancer and
   * those made of it by {@link #where} do. One listener at a time: a new one replaces the one
   * before. While there is one, the time of every request is taken.
   */
  public void setListener(BalancerListener listener) {
    listener.snapshotUsed(now().snapshot(), endpointSet.nanoTime());
    endpointSet.setListener(listener);
  }

  /** Tells {@code listener} no more. Does nothing if another has replaced it. */
  public void removeListener(BalancerListener listener) {
    endpointSet.removeListener(listener);
  }

  /** Null if there is none to choose. */
  private @Nullable TrackedEndpoint chosen(@Nullable Affinity affinity, Set<String> exclude) {
    return now().picker().pick(affinity, exclude);
  }

  private Optional<Pick> begin(@Nullable TrackedEndpoint chosen, @Nullable Affinity affinity) {
    return chosen == null ? none() : Optional.of(Pick.of(chosen, affinity));
  }

  private Current now() {
    Current there = current;
    return there != null && there.isFor(snapshots.get(), endpointSet.version()) ? there : rebuild();
  }

  /**
   * Takes no lock, because {@link #wanted} is foreign code. Threads that arrive at the same time
   * each make a picker, and the last one written stays. If that is an outdated one, the next pick
   * notices.
   */
  private Current rebuild() {
    int version = endpointSet.version();
    ServiceSnapshot latest = snapshots.get();
    CandidateSet candidates =
        CandidateSet.of(endpointSet.endpoints(latest), wanted, policy.settings().panicThreshold());
    Current next = new Current(latest, version, candidates, picker(candidates.available()));
    current = next;
    endpointSet.shown(latest);
    return next;
  }

  private Picker picker(List<TrackedEndpoint> available) {
    if (preferred == null) {
      return pickerOver(available);
    }
    List<TrackedEndpoint> first =
        available.stream().filter(one -> preferred.test(one.instance())).toList();
    return new PreferringPicker(pickerOver(first), pickerOver(available));
  }

  private Picker pickerOver(List<TrackedEndpoint> endpoints) {
    SlowStart slowStart = policy.settings().slowStart();
    return slowStart == null
        ? pickerFactory.picker(endpoints)
        : SlowStartPicker.over(endpoints, slowStart, endpointSet.nanoTime(), pickerFactory, random);
  }
}
