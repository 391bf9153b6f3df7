package io.holdfast.payment.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The queue in front of the database has an end. */
class LedgerWorkersTest {

  @Test
  void run_queueFull_isRejectedAndTheQueuedStillRun() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    List<CompletableFuture<Integer>> accepted = new ArrayList<>();
    try (LedgerWorkers workers = new LedgerWorkers("test", 1)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  int number = i;
                  accepted.add(
                      workers.run(
                          () -> {
                            awaitQuietly(release);
                            return number;
                          }));
                }
              })
          .isInstanceOf(RejectedExecutionException.class);
      release.countDown();

      assertThat(accepted).hasSizeGreaterThan(1);
      for (CompletableFuture<Integer> one : accepted) {
        one.get(60, TimeUnit.SECONDS);
      }
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
