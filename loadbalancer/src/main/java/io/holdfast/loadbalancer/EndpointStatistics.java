package io.holdfast.loadbalancer;

import io.holdfast.loadbalancer.internal.endpoint.EndpointHealth;
import io.holdfast.loadbalancer.internal.endpoint.EndpointLoad;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import java.util.Optional;

/**
 * What this process has seen of an instance since it first knew of it in its present epoch.
 *
 * @param instance as the latest snapshot describes it
 * @param active requests that have not ended
 * @param successes requests that succeeded
 * @param failures requests that failed
 * @param meanLatency of the successful ones, zero if there was none; under policies that use
 *     neither latency nor outlier detection, only the first 16 and one in 16 of the others are
 *     timed
 * @param ejected why it is ejected; empty if it is not
 */
public record EndpointStatistics(
    ServiceInstance instance,
    int active,
    long successes,
    long failures,
    Duration meanLatency,
    Optional<String> ejected) {

  static EndpointStatistics of(TrackedEndpoint endpoint) {
    EndpointLoad load = endpoint.load();
    return new EndpointStatistics(
        endpoint.instance(),
        load.active(),
        load.successes(),
        load.failures(),
        Duration.ofNanos(load.meanNanos()),
        Optional.ofNullable(load.health().ejection()).map(EndpointHealth.Ejection::reason));
  }
}
