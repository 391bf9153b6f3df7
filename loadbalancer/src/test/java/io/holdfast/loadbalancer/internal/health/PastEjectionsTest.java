package io.holdfast.loadbalancer.internal.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.Snapshots;
import io.holdfast.loadbalancer.VirtualTime;
import io.holdfast.loadbalancer.internal.endpoint.EndpointHealth;
import io.holdfast.loadbalancer.internal.endpoint.EndpointLoad;
import io.holdfast.loadbalancer.internal.endpoint.SlowStartProgress;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import io.holdfast.loadbalancer.internal.feedback.EndpointSet;
import io.holdfast.loadbalancer.internal.policy.PolicySettings;
import io.holdfast.registry.RegisteredInstance;
import org.junit.jupiter.api.Test;

final class PastEjectionsTest {

  private static final int MOST = 1_000;

  private final EndpointSet endpointSet =
      new EndpointSet(PolicySettings.PLAIN, new VirtualTime(), null);
  private final PastEjections pastEjections = new PastEjections();

  private TrackedEndpoint endpoint(String id) {
    return new TrackedEndpoint(
        new RegisteredInstance(Snapshots.instance(id), new Revision(1)),
        new EndpointLoad(null, new SlowStartProgress(true, 0)),
        endpointSet);
  }

  private TrackedEndpoint ejected(String id, long until) {
    TrackedEndpoint endpoint = endpoint(id);
    endpoint.load().health().eject(new EndpointHealth.Ejection("test", 0, until));
    return endpoint;
  }

  @Test
  void left_moreThanTheBound_forgetsWhoseTimeEndsFirst() {
    for (int i = 0; i < MOST + 10; i++) {
      pastEjections.left(ejected("i" + i, 1_000_000 - i), 0);
    }

    assertThat(pastEjections.size()).isEqualTo(MOST);
    assertThat(pastEjections.returned(endpoint("i0"), 0)).isPresent();
    assertThat(pastEjections.returned(endpoint("i" + (MOST - 2)), 0)).isPresent();
    assertThat(pastEjections.returned(endpoint("i" + (MOST + 8)), 0)).isEmpty();
  }

  @Test
  void left_timesOver_areForgotten() {
    pastEjections.left(ejected("a", 10), 0);
    pastEjections.left(endpoint("b"), 10);

    assertThat(pastEjections.size()).isZero();
  }
}
