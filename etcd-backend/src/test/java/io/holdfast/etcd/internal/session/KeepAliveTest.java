package io.holdfast.etcd.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class KeepAliveTest {

  @Test
  void deadline_countsFromTheSendingAndIsTheTtlLessAMargin() {
    assertThat(KeepAlive.deadline(1_000, Duration.ofSeconds(10)))
        .isEqualTo(1_000 + Duration.ofMillis(9_900).toNanos());
  }
}
