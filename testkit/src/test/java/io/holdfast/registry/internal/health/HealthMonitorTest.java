package io.holdfast.registry.internal.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.registry.HealthCheck;
import io.holdfast.registry.HealthPolicy;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.testkit.memory.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Verdicts on health, in virtual time. */
final class HealthMonitorTest {

  private static final HealthPolicy POLICY =
      new HealthPolicy(Duration.ofSeconds(10), Duration.ofSeconds(2), 2, 3);

  private final VirtualTime time = new VirtualTime(1);
  private final List<InstanceStatus> verdicts = new ArrayList<>();
  private final List<CompletableFuture<Boolean>> runs = new ArrayList<>();
  private HealthCheck check = this::pending;
  private final HealthMonitor monitor =
      new HealthMonitor(
          "s/a", time.newContext(), Runnable::run, () -> check.run(), POLICY, verdicts::add);

  private CompletionStage<Boolean> pending() {
    CompletableFuture<Boolean> run = new CompletableFuture<>();
    runs.add(run);
    return run;
  }

  /** Lets each run end as told, one an interval. */
  private void answer(boolean... healthy) {
    for (boolean one : healthy) {
      int before = runs.size();
      assertThat(time.runUntil(() -> runs.size() > before, Duration.ofSeconds(20))).isTrue();
      runs.get(before).complete(one);
      time.advance(Duration.ofSeconds(1));
    }
  }

  private InstanceStatus verdict() {
    return verdicts.get(verdicts.size() - 1);
  }

  @Test
  void verdict_risesAndFallsByItsCounts() {
    monitor.start();
    answer(true);
    assertThat(verdict()).isEqualTo(InstanceStatus.STARTING);
    answer(true);
    assertThat(verdict()).isEqualTo(InstanceStatus.UP);
    answer(false, false);
    assertThat(verdict()).isEqualTo(InstanceStatus.UP);
    answer(true, false, false);
    assertThat(verdict())
        .as("a good one in between begins the count anew")
        .isEqualTo(InstanceStatus.UP);
    answer(false);
    assertThat(verdict()).isEqualTo(InstanceStatus.DOWN);
    answer(true, true);
    assertThat(verdict()).isEqualTo(InstanceStatus.UP);
  }

  @Test
  void verdict_badFromTheBeginning_isDown() {
    monitor.start();
    answer(false, false, false);

    assertThat(verdict()).isEqualTo(InstanceStatus.DOWN);
  }

  @Test
  void run_thatTakesTooLong_isCancelledAndCountsAsBad() {
    monitor.start();
    time.advance(Duration.ofSeconds(23));

    assertThat(runs).hasSize(3).allMatch(CompletableFuture::isCancelled);
    assertThat(verdict()).isEqualTo(InstanceStatus.DOWN);
  }

  @Test
  void run_thatCannotBeCancelled_isTheOnlyOneAndStillLeadsToDown() {
    CompletableFuture<Boolean> hung = new CompletableFuture<>();
    check =
        () -> {
          runs.add(hung);
          return hung.minimalCompletionStage();
        };
    monitor.start();
    time.advance(Duration.ofMinutes(5));
    assertThat(runs).hasSize(1);
    assertThat(verdict()).isEqualTo(InstanceStatus.DOWN);

    check = () -> CompletableFuture.completedFuture(true);
    hung.complete(true);
    time.advance(Duration.ofSeconds(30));

    assertThat(verdict()).isEqualTo(InstanceStatus.UP);
  }

  @Test
  void run_thatThrowsOrFails_countsAsBad() {
    check =
        () -> {
          throw new IllegalStateException("for the test");
        };
    monitor.start();
    time.advance(Duration.ofSeconds(11));
    check = () -> CompletableFuture.failedStage(new IllegalStateException("for the test"));
    time.advance(Duration.ofSeconds(11));

    assertThat(verdict()).isEqualTo(InstanceStatus.DOWN);
  }

  @Test
  void stop_whileARunIsUnderWay_cancelsItAndSaysNoMore() {
    monitor.start();
    time.advance(Duration.ofSeconds(1));
    monitor.stop();
    time.advance(Duration.ofMinutes(1));

    assertThat(runs).hasSize(1).allMatch(CompletableFuture::isCancelled);
    assertThat(verdicts).isEmpty();
  }

  /** The counts, held against the plainest possible model of them. */
  @Test
  void verdict_randomRuns_isThatOfTheModel() {
    Random random = new Random(3);
    InstanceStatus model = InstanceStatus.STARTING;
    List<Boolean> history = new ArrayList<>();
    monitor.start();
    for (int i = 0; i < 500; i++) {
      boolean healthy = random.nextInt(5) < (i / 50 % 2 == 0 ? 4 : 1);
      history.add(healthy);
      answer(healthy);
      if (lastAre(history, true, POLICY.rise())) {
        model = InstanceStatus.UP;
      } else if (lastAre(history, false, POLICY.fall())) {
        model = InstanceStatus.DOWN;
      }
      assertThat(verdict()).as("after run %d", i).isEqualTo(model);
    }
    assertThat(verdicts).contains(InstanceStatus.UP, InstanceStatus.DOWN);
  }

  private static boolean lastAre(List<Boolean> history, boolean what, int count) {
    int size = history.size();
    return size >= count
        && history.subList(size - count, size).stream().allMatch(one -> one == what);
  }
}
