package io.holdfast.loadbalancer;

import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.loadbalancer.internal.policy.HashPicker;
import io.holdfast.loadbalancer.internal.policy.HashRing;
import io.holdfast.loadbalancer.internal.policy.Keyspace;
import io.holdfast.loadbalancer.internal.policy.LeastRequestPicker;
import io.holdfast.loadbalancer.internal.policy.LoadBound;
import io.holdfast.loadbalancer.internal.policy.MaglevTable;
import io.holdfast.loadbalancer.internal.policy.PeakEwmaPicker;
import io.holdfast.loadbalancer.internal.policy.Picker;
import io.holdfast.loadbalancer.internal.policy.PickerFactory;
import io.holdfast.loadbalancer.internal.policy.PolicySettings;
import io.holdfast.loadbalancer.internal.policy.RandomPicker;
import io.holdfast.loadbalancer.internal.policy.RendezvousSubset;
import io.holdfast.loadbalancer.internal.policy.RoundRobinPicker;
import io.holdfast.loadbalancer.internal.policy.StickyPickers;
import io.holdfast.loadbalancer.internal.policy.ZonePicker;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * How a {@link LoadBalancer} chooses among the instances that may be chosen. An immutable value. A
 * policy that takes another one limits the instances among which that one chooses; the withers add
 * rules for all policies.
 *
 * <pre>{@code
 * Policy.zoneAware(ZoneAware.of("eu-1a"), Policy.peakEwma())
 *     .withOutlierDetection(OutlierDetection.standard())
 *     .withSlowStart(SlowStart.of(Duration.ofMinutes(1)));
 * }</pre>
 */
public final class Policy {

  /** Below this share of instances that are not ejected, ejections are ignored. */
  public static final double STANDARD_PANIC_THRESHOLD = 0.5;

  /** Makes a picker of endpoints. */
  @FunctionalInterface
  private interface Maker {
    Picker make(List<TrackedEndpoint> endpoints, RandomSource random);
  }

  private static final Policy ROUND_ROBIN = plain("round-robin", RoundRobinPicker::new);
  private static final Policy RANDOM = plain("random", RandomPicker::even);
  private static final Policy WEIGHTED = plain("weighted", RandomPicker::weighted);
  private static final Policy LEAST_REQUEST = plain("least-request", LeastRequestPicker::new);
  private static final Policy PEAK_EWMA =
      plain("peak-ewma", PeakEwmaPicker::new)
          .in(PolicySettings.PLAIN.withTau(Duration.ofSeconds(10)));

  private final String name;
  private final Function<RandomSource, PickerFactory> factory;
  private final PolicySettings settings;

  private Policy(
      String name, Function<RandomSource, PickerFactory> factory, PolicySettings settings) {
    this.name = name;
    this.factory = factory;
    this.settings = settings;
  }

  private static Policy plain(String name, Maker maker) {
    return new Policy(
        name, random -> endpoints -> maker.make(endpoints, random), PolicySettings.PLAIN);
  }

  /**
   * In turn, from a random start. Threads have positions of their own: two instances' counts never
   * differ by more than 16, and for one thread alone by more than 1. Weights do not matter, but for
   * 0. For requests that cost alike.
   */
  public static Policy roundRobin() {
    return ROUND_ROBIN;
  }

  /** Any instance, each as likely as another. Weights do not matter, but for 0. */
  public static Policy random() {
    return RANDOM;
  }

  /** Any instance, in proportion to weight. */
  public static Policy weighted() {
    return WEIGHTED;
  }

  /**
   * Of two distinct instances drawn at random in proportion to weight, the one with fewer active
   * requests for its weight. The best choice when nothing is known of the requests.
   */
  public static Policy leastRequest() {
    return LEAST_REQUEST;
  }

  /**
   * Of two distinct instances drawn at random in proportion to weight, the one with the lesser
   * product of latency and active requests. The latency is an average that jumps up to its peaks
   * and forgets with a time constant of 10 s; a failure counts as one of at least 1 s. Avoids an
   * instance that becomes slow at once, and returns to it gradually.
   */
  public static Policy peakEwma() {
    return PEAK_EWMA;
  }

  /** The same with another time constant. */
  public static Policy peakEwma(Duration tau) {
    if (tau.isNegative() || tau.isZero()) {
      throw new IllegalArgumentException("a time constant is positive: " + tau);
    }
    return PEAK_EWMA.in(PolicySettings.PLAIN.withTau(tau));
  }

  /**
   * By the request's {@link Affinity}, over Maglev's table of 65,537 slots: even, and fast to pick;
   * a change of the instances moves few keys more than it must. For up to some hundreds of
   * instances; make the table a hundred times larger than their number.
   */
  public static Policy maglev() {
    return maglev(MaglevTable.SIZE);
  }

  /** The same with a table of another size, a prime. */
  public static Policy maglev(int tableSize) {
    return maglev("maglev", MaglevTable.checked(tableSize), 0);
  }

  /**
   * The same, but no instance has more active requests than {@code loadFactor} times its share of
   * all; 1.25 to 1.5 is usual. The keys beyond go to others.
   */
  public static Policy boundedMaglev(double loadFactor) {
    return maglev("bounded-maglev", MaglevTable.SIZE, LoadBound.checked(loadFactor));
  }

  private static Policy maglev(String name, int size, double loadFactor) {
    return hashing(name, endpoints -> new MaglevTable(endpoints, size), loadFactor);
  }

  /**
   * By the request's {@link Affinity}, over a ring with 128 points for each instance of ordinary
   * weight: a change of the instances moves no key that it need not, but shares are uneven by a
   * tenth or so.
   */
  public static Policy ringHash() {
    return ringHash(HashRing.POINTS);
  }

  /** The same with another number of points: more make shares more even and changes slower. */
  public static Policy ringHash(int points) {
    return ring("ring-hash", HashRing.checked(points), 0);
  }

  /**
   * The same, but no instance has more active requests than {@code loadFactor} times its share of
   * all; 1.25 to 1.5 is usual. The keys beyond go to others.
   */
  public static Policy boundedRingHash(double loadFactor) {
    return ring("bounded-ring-hash", HashRing.POINTS, LoadBound.checked(loadFactor));
  }

  private static Policy ring(String name, int points, double loadFactor) {
    return hashing(name, endpoints -> new HashRing(endpoints, points), loadFactor);
  }

  private static Policy hashing(String name, Keyspace.Layout layout, double loadFactor) {
    return plain(
        name, (endpoints, random) -> HashPicker.over(endpoints, layout, loadFactor, random));
  }

  /** The caller's own zone as far as it can take the load, by {@code inner}; then the others. */
  public static Policy zoneAware(ZoneAware rules, Policy inner) {
    return inner.refined(
        "zone-aware",
        random -> {
          PickerFactory pickerFactory = inner.factory.apply(random);
          return endpoints -> ZonePicker.over(endpoints, rules, pickerFactory, random);
        });
  }

  /**
   * A few of the instances, by {@code inner}: the same ones as long as they may be chosen, and
   * others for each client. Saves connections on both sides if there are many instances.
   *
   * @param client this process's name, unique among the clients, and best the same after a restart
   * @param size how many
   */
  public static Policy subset(String client, int size, Policy inner) {
    if (size < 1) {
      throw new IllegalArgumentException("a subset has at least one instance: " + size);
    }
    return inner.refined(
        "subset",
        random -> {
          PickerFactory pickerFactory = inner.factory.apply(random);
          return endpoints ->
              pickerFactory.picker(RendezvousSubset.subset(endpoints, client, size));
        });
  }

  /**
   * Requests of one {@link Affinity} stay with the instance that {@code inner} chose for the first
   * of them, as long as it may be chosen. Unlike hashing, no key moves when an instance joins; but
   * only this process knows.
   *
   * @param keys how many can be remembered; then others are forgotten
   */
  public static Policy sticky(int keys, Policy inner) {
    int most = StickyPickers.checked(keys);
    return inner.refined(
        "sticky", random -> new StickyPickers(most, inner.factory.apply(random), random));
  }

  private Policy refined(String by, Function<RandomSource, PickerFactory> other) {
    return new Policy(by + "(" + name + ")", other, settings);
  }

  private Policy in(PolicySettings other) {
    return new Policy(name, factory, other);
  }

  /** Ejects instances with too many failures for a while. */
  public Policy withOutlierDetection(OutlierDetection rules) {
    return in(settings.with(rules));
  }

  /** Gives new instances their load gradually. */
  public Policy withSlowStart(SlowStart rules) {
    return in(settings.with(rules));
  }

  /**
   * Ignores all ejections while fewer than {@code share} of the instances are not ejected: then it
   * is more likely that the requests are bad, or the network, and the few would break under the
   * load of all. Instances that are not UP stay out even so.
   *
   * @param share 0 to 1; 0 ignores them only when all are ejected
   */
  public Policy withPanicThreshold(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("a panic threshold is 0 to 1: " + share);
    }
    return in(settings.withPanicThreshold(share));
  }

  /** A short name for logs and metrics, such as {@code zone-aware(peak-ewma)}. */
  public String name() {
    return name;
  }

  PickerFactory pickerFactory(RandomSource random) {
    return factory.apply(random);
  }

  PolicySettings settings() {
    return settings;
  }

  @Override
  public String toString() {
    return name;
  }
}
