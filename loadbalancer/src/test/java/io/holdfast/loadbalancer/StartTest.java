package io.holdfast.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StartTest {

  /** A clock has any origin, and may overflow. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, -5_000_000_000L, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 50})
  void elapsed_atAnyTime_isExact(long now) {
    for (int era : new int[] {0, 1, Load.ERAS - 1}) {
      long start = Start.timed(now, era);

      assertThat(Start.isTimed(start)).isTrue();
      assertThat(start).isNotEqualTo(Start.NONE);
      assertThat(Start.era(start)).isEqualTo(era);
      for (long nanos : new long[] {0, 1, 999_999_999, Duration.ofDays(7).toNanos()}) {
        assertThat(Start.elapsed(start, now + nanos)).isEqualTo(nanos);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, Load.ERAS - 1})
  void untimed_keepsTheEra(int era) {
    assertThat(Start.isTimed(Start.untimed(era))).isFalse();
    assertThat(Start.era(Start.untimed(era))).isEqualTo(era);
    assertThat(Start.untimed(era)).isNotEqualTo(Start.NONE);
  }
}
