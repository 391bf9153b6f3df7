package io.holdfast.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Registered;
import org.junit.jupiter.api.Test;

final class AbsenteesTest {

  private static final int MOST = 1_000;

  private final Fleet fleet = new Fleet(PolicySettings.PLAIN, new VirtualTime(), null);
  private final Absentees absentees = new Absentees();

  private Endpoint endpoint(String id) {
    return new Endpoint(
        new Registered(Snapshots.instance(id), new Revision(1)),
        new Load(null, new Warmth(true, 0)),
        fleet);
  }

  private Endpoint ejected(String id, long until) {
    Endpoint endpoint = endpoint(id);
    endpoint.load().health().eject(new Health.Ejection("test", 0, until));
    return endpoint;
  }

  @Test
  void left_moreThanTheBound_forgetsWhoseTimeEndsFirst() {
    for (int i = 0; i < MOST + 10; i++) {
      absentees.left(ejected("i" + i, 1_000_000 - i), 0);
    }

    assertThat(absentees.size()).isEqualTo(MOST);
    assertThat(absentees.returned(endpoint("i0"), 0)).isPresent();
    assertThat(absentees.returned(endpoint("i" + (MOST - 2)), 0)).isPresent();
    assertThat(absentees.returned(endpoint("i" + (MOST + 8)), 0)).isEmpty();
  }

  @Test
  void left_timesOver_areForgotten() {
    absentees.left(ejected("a", 10), 0);
    absentees.left(endpoint("b"), 10);

    assertThat(absentees.size()).isZero();
  }
}
