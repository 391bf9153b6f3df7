package io.holdfast.loadbalancer.internal.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.loadbalancer.RequestOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class EndpointLoadTest {

  private static final Duration TAU = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Set<Thread.State> ENDED_OR_WAITING =
      Set.of(Thread.State.BLOCKED, Thread.State.TERMINATED);
  private static final int THREADS = 4;
  private static final int REQUESTS = 200_000;

  private static EndpointLoad load() {
    return new EndpointLoad(new LatencyCost(TAU, 0), new SlowStartProgress(true, 0));
  }

  /** A peak is at once in the score, and at one instant nothing may take it back. */
  @Test
  void score_manyThreadsReportAtOneInstant_noPeakIsLost()
      throws InterruptedException, ExecutionException {
    EndpointLoad load = load();
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int first = 1 + t;
        running.add(executor.submit(() -> reportRisingLatencies(load, first)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(load.active()).isZero();
    assertThat(load.successes()).isEqualTo((long) THREADS * REQUESTS);
  }

  private static void end(EndpointLoad load, RequestOutcome outcome, long nanos) {
    load.ended(outcome, 0);
    load.took(outcome, nanos, 0);
  }

  private static void reportRisingLatencies(EndpointLoad load, int first) {
    for (int i = 0; i < REQUESTS; i++) {
      long nanos = first + (long) i * THREADS;
      load.began();
      end(load, RequestOutcome.SUCCESS, nanos);
      assertThat(load.score()).isGreaterThanOrEqualTo(Math.log((double) nanos));
    }
  }

  @Test
  void ended_anotherIsReporting_waitsForIt() throws InterruptedException {
    LatencyCost cost = new LatencyCost(TAU, 0);
    EndpointLoad load = new EndpointLoad(cost, new SlowStartProgress(true, 0));
    Thread reporter = new Thread(() -> end(load, RequestOutcome.SUCCESS, 1_000), "reporter");
    synchronized (cost) {
      reporter.start();
      await().atMost(PATIENCE).until(() -> ENDED_OR_WAITING.contains(reporter.getState()));
      assertThat(reporter.getState()).isEqualTo(Thread.State.BLOCKED);
      assertThat(load.score()).isEqualTo(LatencyCost.UNKNOWN);
    }
    reporter.join(PATIENCE.toMillis());
    assertThat(load.score()).isEqualTo(Math.log(1_000));
  }

  @Test
  void costAt_afterFailure_isThatOfASlowAnswerAndDecays() {
    EndpointLoad load = load();
    load.began();
    end(load, RequestOutcome.FAILURE, 1);

    assertThat(load.costAt(0)).isBetween(0.999e9, 1.001e9);
    assertThat(load.costAt(TAU.toNanos())).isBetween(0.999e9 / Math.E, 1.001e9 / Math.E);
  }

  @Test
  void began_manyRequests_oneInSixteenIsInTheSampleAndTheFirstAre() {
    EndpointLoad load = load();
    for (int i = 0; i < 16; i++) {
      assertThat(EndpointLoad.isSampled(load.began())).isTrue();
    }
    int sampled = 0;
    for (int i = 16; i < 16_001; i++) {
      sampled += EndpointLoad.isSampled(load.began()) ? 1 : 0;
    }

    assertThat(sampled).isBetween(950, 1_050);
    assertThat(load.active()).isEqualTo(16_001);
  }

  @Test
  void active_moreBegunThanTheCounterHolds_staysRight() {
    EndpointLoad load = load();
    for (int i = 0; i < 100; i++) {
      load.began();
    }
    for (int i = 0; i < 99; i++) {
      load.ended(RequestOutcome.ABANDONED, 0);
    }
    load.ended(RequestOutcome.ABANDONED, 0);
    load.ended(RequestOutcome.ABANDONED, 0); // one too many, as nothing checks
    assertThat(load.active()).isEqualTo(-1);
    load.began();

    assertThat(load.active()).isZero();
  }

  @Test
  void tookAtLeast_lessThanItsCost_doesNotMakeItLookFaster() {
    EndpointLoad load = load();
    load.began();
    end(load, RequestOutcome.SUCCESS, 1_000);
    load.tookAtLeast(999, 0);
    assertThat(load.costAt(0)).isBetween(999.9, 1_000.1);

    load.tookAtLeast(5_000, 0);

    assertThat(load.costAt(0)).isBetween(4_999.9, 5_000.1);
  }

  @Test
  void score_nobodyAsksForLatency_staysUnknown() {
    EndpointLoad load = new EndpointLoad(null, new SlowStartProgress(true, 0));
    load.began();
    end(load, RequestOutcome.SUCCESS, 5);

    assertThat(load.score()).isEqualTo(LatencyCost.UNKNOWN);
    assertThat(load.costAt(0)).isZero();
    assertThat(load.meanNanos()).isEqualTo(5);
  }

  @Test
  void beginEra_requestsOfAnEarlierEra_countNoMoreAndMayEndLater() {
    EndpointLoad load = load();
    int first = EndpointLoad.era(load.began());
    load.began();
    load.began();
    assertThat(load.beginEra()).isZero();
    int second = EndpointLoad.era(load.began());
    load.ended(RequestOutcome.SUCCESS, first);
    assertThat(load.active()).isEqualTo(3);

    assertThat(load.beginEra()).as("two of the first era").isEqualTo(2);

    assertThat(load.active()).isEqualTo(1);
    load.ended(RequestOutcome.SUCCESS, first);
    assertThat(load.active()).as("late, and not counted twice").isEqualTo(1);
    load.ended(RequestOutcome.SUCCESS, second);
    assertThat(load.active()).isZero();
    assertThat(load.successes()).isEqualTo(3);
    for (int i = 0; i < EndpointLoad.ERAS; i++) {
      assertThat(load.beginEra()).isZero();
    }
  }

  @Test
  void beginEra_whileOthersBeginAndEnd_losesNone() throws Exception {
    EndpointLoad load = load();
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        running.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < REQUESTS; i++) {
                    load.ended(RequestOutcome.SUCCESS, EndpointLoad.era(load.began()));
                  }
                }));
      }
      int forgotten = 0;
      while (running.stream().anyMatch(one -> !one.isDone())) {
        forgotten += load.beginEra();
      }
      for (Future<?> one : running) {
        one.get();
      }
      assertThat(load.active()).as("%d were slow enough to be given up", forgotten).isZero();
    } finally {
      executor.shutdownNow();
    }
  }
}
