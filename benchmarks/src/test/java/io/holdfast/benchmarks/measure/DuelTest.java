package io.holdfast.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class DuelTest {

  @Test
  void median_oddAndEven_isTheMiddle() {
    assertThat(Duel.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2.0);
    assertThat(Duel.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
  }

  @Test
  void fight_twoWorks_givesBothTheirTurns() throws Exception {
    AtomicLong ours = new AtomicLong();
    AtomicLong theirs = new AtomicLong();

    Duel.Outcome outcome =
        new Duel(Duration.ofMillis(1), Duration.ofMillis(2), 3)
            .fight(Duel.alone(ours::incrementAndGet), Duel.alone(theirs::incrementAndGet));

    assertThat(ours.get()).isGreaterThanOrEqualTo(4);
    assertThat(theirs.get()).isGreaterThanOrEqualTo(4);
    assertThat(outcome.ours()).isPositive();
    assertThat(outcome.ratio()).isPositive();
  }
}
