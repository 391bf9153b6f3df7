package io.holdfast.benchmarks.balance;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.Endpoint;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.OutlierDetection;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.SlowStart;
import io.holdfast.loadbalancer.ZoneAware;
import io.holdfast.registry.ServiceSnapshot;
import java.time.Duration;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Who picks in {@link PickBenchmark}. */
public enum PickContestant {
  /** Ours. */
  ROUND_ROBIN(30, ours(Policy.roundRobin())),
  /** Ours. */
  RANDOM(30, ours(Policy.random())),
  /** Ours. */
  WEIGHTED(15, ours(Policy.weighted())),
  /** Ours. */
  LEAST_REQUEST(30, ours(Policy.leastRequest())),
  /** Ours. */
  PEAK_EWMA(30, ours(Policy.peakEwma())),
  /** Ours. */
  MAGLEV(15, keyed(Policy.maglev())),
  /** Ours. */
  RING_HASH(30, keyed(Policy.ringHash())),
  /** Ours. */
  BOUNDED_MAGLEV(30, keyed(Policy.boundedMaglev(1.25))),
  /** Ours. */
  BOUNDED_RING_HASH(30, keyed(Policy.boundedRingHash(1.25))),
  /** Ours. */
  ZONE_AWARE(30, ours(Policy.zoneAware(ZoneAware.of("zone-0"), Policy.roundRobin()))),
  /** Ours. */
  SUBSET(30, ours(Policy.subset("client-1", 20, Policy.leastRequest()))),
  /** Ours. */
  STICKY(30, keyed(Policy.sticky(10_000, Policy.leastRequest()))),
  /** Ours, with everything around it. */
  PEAK_EWMA_GUARDED(
      30,
      ours(
          Policy.peakEwma()
              .withOutlierDetection(OutlierDetection.standard())
              .withSlowStart(SlowStart.of(Duration.ofMinutes(1))))),
  /** Ours: not the choice alone, but a pick whose success is told. */
  LEAST_REQUEST_PICK_AND_SUCCESS(45, told(Policy.leastRequest())),
  /** Ours: the same without the {@code Optional} around the pick, so that no object is left. */
  LEAST_REQUEST_BEGIN_AND_SUCCESS(45, begun(Policy.leastRequest())),
  /** A peer. */
  CURATOR_ROUND_ROBIN(0, CuratorProvider::over),
  /** A peer. */
  RIBBON_ZONE_AVOIDANCE(0, Peers::ribbonZoneAvoidance),
  /** A peer. */
  SPRING_CLOUD_ROUND_ROBIN(0, Peers::springCloudRoundRobin),
  /** A peer. */
  GRPC_STATIC_STRIDE(0, Peers::grpcStaticStride);

  private final double bound;

  @SuppressWarnings("ImmutableEnumChecker") // it makes something new at each call
  private final IntFunction<Chooser> maker;

  PickContestant(double bound, IntFunction<Chooser> maker) {
    this.bound = bound;
    this.maker = maker;
  }

  /** The nanoseconds that a choice may take; 0 if no bound is set. */
  double bound() {
    return bound;
  }

  /** Over so many instances. */
  Chooser over(int instances) {
    return maker.apply(instances);
  }

  private static LoadBalancer balancer(Policy policy, int instances) {
    ServiceSnapshot snapshot = Fleets.of(instances, i -> true);
    return new LoadBalancer(() -> snapshot, policy);
  }

  private static IntFunction<Chooser> ours(Policy policy) {
    return instances -> {
      LoadBalancer balancer = balancer(policy, instances);
      learn(balancer, instances);
      return affinity -> balancer.choose();
    };
  }

  private static IntFunction<Chooser> keyed(Policy policy) {
    return instances -> {
      LoadBalancer balancer = balancer(policy, instances);
      return balancer::choose;
    };
  }

  private static IntFunction<Chooser> told(Policy policy) {
    return instances -> {
      LoadBalancer balancer = balancer(policy, instances);
      return affinity -> {
        @Nullable Pick pick = balancer.pick().orElse(null);
        if (pick != null) {
          pick.success();
        }
        return affinity;
      };
    };
  }

  private static IntFunction<Chooser> begun(Policy policy) {
    return instances -> {
      LoadBalancer balancer = balancer(policy, instances);
      return affinity -> {
        @Nullable Endpoint chosen = balancer.choose().orElse(null);
        if (chosen != null) {
          chosen.begin().success();
        }
        return affinity;
      };
    };
  }

  /** So that latencies are known where they matter. */
  private static void learn(LoadBalancer balancer, int instances) {
    for (int i = 0; i < 20 * instances; i++) {
      balancer.pick(new Affinity(i)).orElseThrow().success();
    }
  }
}
