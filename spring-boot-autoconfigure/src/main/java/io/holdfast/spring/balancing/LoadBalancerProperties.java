package io.holdfast.spring.balancing;

import io.holdfast.loadbalancer.OutlierDetection;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.SlowStart;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How calls to other services are balanced, if the application has Spring Cloud's load balancer.
 *
 * @param enabled whether Holdfast chooses the instances
 * @param policy how it chooses; a bean of type Policy goes before
 * @param policies other policies, by service
 * @param outlierDetection whether instances that fail too often are left out for a while
 * @param slowStart how long new instances get less than their share; not at all if not set
 * @param affinityHeader name of a request header whose value keeps requests together, under the
 *     policies maglev, ring-hash and sticky
 * @param fallback whether a service that has no instance at all in Holdfast's registry is looked up
 *     in other discovery clients, as during a migration
 */
@ConfigurationProperties("holdfast.loadbalancer")
public record LoadBalancerProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("least-request") PolicyName policy,
    @DefaultValue Map<String, PolicyName> policies,
    @DefaultValue("true") boolean outlierDetection,
    @Nullable Duration slowStart,
    @Nullable String affinityHeader,
    @DefaultValue("true") boolean fallback) {

  /** Keys that the policy sticky remembers. */
  private static final int STICKY_KEYS = 10_000;

  /** A policy, as docs/load-balancing.md describes it. */
  public enum PolicyName {
    /** The one of two with fewer requests. */
    LEAST_REQUEST,
    /** The one of two with less latency and load. */
    PEAK_EWMA,
    /** One after the other. */
    ROUND_ROBIN,
    /** Any. */
    RANDOM,
    /** Any, in proportion to weight. */
    WEIGHTED,
    /** By the affinity, with few moves when instances come and go. */
    MAGLEV,
    /** By the affinity, on a ring. */
    RING_HASH,
    /** By the affinity, where the first request of it went. */
    STICKY
  }

  Policy policy(String service) {
    Policy chosen = named(policies.getOrDefault(service, policy));
    if (outlierDetection) {
      chosen = chosen.withOutlierDetection(OutlierDetection.standard());
    }
    return slowStart == null ? chosen : chosen.withSlowStart(SlowStart.of(slowStart));
  }

  private static Policy named(PolicyName name) {
    return switch (name) {
      case LEAST_REQUEST -> Policy.leastRequest();
      case PEAK_EWMA -> Policy.peakEwma();
      case ROUND_ROBIN -> Policy.roundRobin();
      case RANDOM -> Policy.random();
      case WEIGHTED -> Policy.weighted();
      case MAGLEV -> Policy.maglev();
      case RING_HASH -> Policy.ringHash();
      case STICKY -> Policy.sticky(STICKY_KEYS, Policy.leastRequest());
    };
  }
}
