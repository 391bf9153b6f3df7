package io.holdfast.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.chaos.fault.LeaderWatch.Gap;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

final class LeaderWatchTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static Duration leaderless(List<Gap> one, List<Gap> two, List<Gap> three) {
    return LeaderWatch.leaderless(List.of(one, two, three), 100, 200);
  }

  @Test
  void leaderless_oneOfThreeIsAway_isNoTime() {
    assertThat(leaderless(List.of(new Gap(0, 300)), List.of(), List.of())).isZero();
  }

  @Test
  void leaderless_gapsOfTwoOverlap_isTheTimeInCommon() {
    assertThat(leaderless(List.of(new Gap(110, 150)), List.of(new Gap(130, 170)), List.of()))
        .isEqualTo(Duration.ofNanos(20));
  }

  @Test
  void leaderless_gapsBeyondTheTimeAskedFor_countWithinIt() {
    List<Gap> away = List.of(new Gap(50, 120), new Gap(190, Long.MAX_VALUE));

    assertThat(leaderless(away, away, away)).isEqualTo(Duration.ofNanos(30));
  }

  @Test
  void watch_majorityHasNoLeaderForAWhile_measuresIt() {
    Set<String> away = ConcurrentHashMap.newKeySet();
    long start = System.nanoTime();
    try (LeaderWatch watch =
        new LeaderWatch(List.of("a", "b", "c"), endpoint -> !away.contains(endpoint))) {
      away.addAll(List.of("a", "b"));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  watch.leaderless(start, System.nanoTime()).compareTo(Duration.ofMillis(50)) > 0);
      away.clear();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                long now = System.nanoTime();
                return watch.leaderless(now - 1, now).isZero();
              });
      long back = System.nanoTime();

      assertThat(watch.leaderless(start, back)).isBetween(Duration.ofMillis(50), PATIENCE);
      assertThat(watch.leaderless(back, back + 1)).isZero();
    }
  }
}
