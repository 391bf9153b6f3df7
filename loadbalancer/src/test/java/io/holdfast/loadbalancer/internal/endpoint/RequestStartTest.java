package io.holdfast.loadbalancer.internal.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestStartTest {

  /** A clock has any origin, and may overflow. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, -5_000_000_000L, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 50})
  void elapsed_atAnyTime_isExact(long now) {
    for (int era : new int[] {0, 1, EndpointLoad.ERAS - 1}) {
      long start = RequestStart.timed(now, era);

      assertThat(RequestStart.isTimed(start)).isTrue();
      assertThat(start).isNotEqualTo(RequestStart.NONE);
      assertThat(RequestStart.era(start)).isEqualTo(era);
      for (long nanos : new long[] {0, 1, 999_999_999, Duration.ofDays(7).toNanos()}) {
        assertThat(RequestStart.elapsed(start, now + nanos)).isEqualTo(nanos);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, EndpointLoad.ERAS - 1})
  void untimed_keepsTheEra(int era) {
    assertThat(RequestStart.isTimed(RequestStart.untimed(era))).isFalse();
    assertThat(RequestStart.era(RequestStart.untimed(era))).isEqualTo(era);
    assertThat(RequestStart.untimed(era)).isNotEqualTo(RequestStart.NONE);
  }
}
