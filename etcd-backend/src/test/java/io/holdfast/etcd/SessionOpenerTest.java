package io.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SessionOpenerTest {

  @Test
  void seconds_fractions_areRoundedUp() {
    assertThat(SessionOpener.seconds(Duration.ofMillis(1))).isEqualTo(1);
    assertThat(SessionOpener.seconds(Duration.ofSeconds(3))).isEqualTo(3);
    assertThat(SessionOpener.seconds(Duration.ofMillis(3_001))).isEqualTo(4);
  }
}
