package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Captures of tests that run side by side. */
@Isolated("no other capture may be open")
final class LogCaptureTest {

  private final Logger house = LogCapture.logback().getLogger("io.holdfast");

  @Test
  void close_anotherIsOpen_leavesItTheLevelAndTheLastRestoresIt() {
    Level former = house.getLevel();
    LogCapture first = new LogCapture();
    try (LogCapture second = new LogCapture()) {
      first.close();
      first.close();
      house.trace("heard");
      assertThat(second.messages("io.holdfast", Level.TRACE)).contains("heard");
    }
    assertThat(house.getLevel()).isEqualTo(former);
  }
}
