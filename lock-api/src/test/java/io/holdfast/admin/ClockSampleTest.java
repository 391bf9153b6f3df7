package io.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spi.Finding;
import io.holdfast.spi.Finding.Level;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ClockSampleTest {

  private static Finding judge(long monotonicMs, long wallMs) {
    return new ClockSample(
            Duration.ofSeconds(1), Duration.ofMillis(monotonicMs), Duration.ofMillis(wallMs))
        .judge();
  }

  @Test
  void judge_clocksAlike_isOk() {
    assertThat(judge(1_003, 1_004).level()).isEqualTo(Level.OK);
  }

  @Test
  void judge_wallClockSetEitherWay_isAWarning() {
    assertThat(judge(1_003, 61_003).level()).isEqualTo(Level.WARNING);
    assertThat(judge(1_003, -5_000).what()).contains("wall clock");
  }

  @Test
  void judge_waitFarTooLong_isAStall() {
    assertThat(judge(4_000, 4_001).what()).contains("stands still");
  }
}
