package io.holdfast.payment.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a shard may take from the others. */
class ShardLanesTest {

  private static final int WIDEST = 2;
  private static final int LONGEST = 3;

  private final LedgerWorkers workers = new LedgerWorkers("test", 4);
  private final ShardLanes lanes = new ShardLanes(workers, 2, WIDEST, LONGEST);
  private final CompletableFuture<Boolean> release = new CompletableFuture<>();

  @AfterEach
  void close() {
    release.complete(true);
    workers.close();
  }

  private CompletableFuture<Boolean> blocked() {
    return lanes.run(0, release::join);
  }

  @Test
  void run_oneShardTakesAllItMay_othersGoOn() throws Exception {
    for (int each = 0; each < WIDEST + LONGEST; each++) {
      assertThat(blocked()).isNotDone();
    }

    assertThat(lanes.run(1, () -> "done").get(30, TimeUnit.SECONDS)).isEqualTo("done");
    assertThatThrownBy(() -> blocked().get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void run_thoseThatWait_comeInOrderAndAllOfThem() throws Exception {
    List<CompletableFuture<?>> all = new ArrayList<>();
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    ShardLanes narrow = new ShardLanes(workers, 1, 1, 100);
    for (int each = 0; each < 100; each++) {
      int number = each;
      all.add(narrow.run(0, () -> release.join() && order.add(number)));
    }

    release.complete(true);

    CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).get(30, TimeUnit.SECONDS);
    assertThat(order).hasSize(100).isSorted();
  }

  @Test
  void run_workThatThrows_leavesItsPlaceToTheNext() throws Exception {
    for (int each = 0; each < 3 * WIDEST; each++) {
      CompletableFuture<?> thrown =
          lanes.run(
              0,
              () -> {
                throw new IllegalStateException("on purpose");
              });
      assertThatThrownBy(() -> thrown.get(30, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(IllegalStateException.class);
    }

    assertThat(lanes.run(0, () -> "done").get(30, TimeUnit.SECONDS)).isEqualTo("done");
  }

  @Test
  void run_workersClosed_nobodyWaitsForEver() {
    CompletableFuture<Boolean> first = blocked();
    CompletableFuture<Boolean> second = blocked();
    CompletableFuture<Boolean> third = blocked();
    release.complete(true);
    CompletableFuture.allOf(first, second, third).join();

    workers.close();

    assertThatThrownBy(() -> blocked().get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(RejectedExecutionException.class);
  }
}
