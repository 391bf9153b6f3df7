package io.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.registry.InFlight.Request;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class InFlightTest {

  private final InFlight inFlight = new InFlight();

  @Test
  void whenIdle_nothingBegun_isDone() throws InterruptedException {
    assertThat(inFlight.whenIdle()).isDone();
    assertThat(inFlight.awaitIdle(Duration.ZERO)).isTrue();
  }

  @Test
  void whenIdle_severalBegun_waitsForTheLast() throws InterruptedException {
    Request one = inFlight.begin();
    Request other = inFlight.begin();
    CompletableFuture<Void> idle = inFlight.whenIdle();

    one.close();
    one.close();

    assertThat(idle).isNotDone();
    assertThat(inFlight.count()).isEqualTo(1);
    assertThat(inFlight.awaitIdle(Duration.ofMillis(1))).isFalse();
    other.close();
    assertThat(idle).isDone();
    assertThat(inFlight.count()).isZero();
  }
}
