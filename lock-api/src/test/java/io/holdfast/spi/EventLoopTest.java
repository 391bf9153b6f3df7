package io.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EventLoopTest {

  private static final int THREADS = 4;
  private static final int TASKS = 20_000;

  private final EventLoop loop = new EventLoop("loop-test");

  @AfterEach
  void close() {
    loop.close();
  }

  /** What the loop protects: plain fields, which lose updates if two tasks ever overlap. */
  private static final class Unprotected {
    private int count;
    private boolean inside;
    private int overlaps;
    private final int[] last = new int[THREADS];
    private int disorder;

    void enter(int thread, int number) {
      overlaps += inside ? 1 : 0;
      inside = true;
      disorder += last[thread] == number - 1 ? 0 : 1;
      last[thread] = number;
      count++;
      inside = false;
    }
  }

  @Test
  void execute_manyThreads_neverOverlapsAndKeepsEachThreadsOrder() throws InterruptedException {
    Unprotected state = new Unprotected();
    CountDownLatch done = new CountDownLatch(THREADS * TASKS);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int mine = t;
      threads.add(
          new Thread(
              () -> {
                for (int i = 1; i <= TASKS; i++) {
                  int number = i;
                  loop.execute(
                      () -> {
                        state.enter(mine, number);
                        done.countDown();
                      });
                }
              }));
    }
    threads.forEach(Thread::start);

    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<List<Integer>> seen = new CompletableFuture<>();
    loop.execute(() -> seen.complete(List.of(state.count, state.overlaps, state.disorder)));
    assertThat(seen.orTimeout(60, TimeUnit.SECONDS).join()).containsExactly(THREADS * TASKS, 0, 0);
  }

  @Test
  void execute_fromWithinATask_runsAfterIt() {
    List<String> order = new ArrayList<>();

    loop.execute(
        () -> {
          loop.execute(() -> order.add("inner"));
          order.add("outer");
        });

    assertThat(order).containsExactly("outer", "inner");
  }

  @Test
  void execute_whileIdle_runsOnTheCaller() {
    List<Thread> ran = new ArrayList<>();

    loop.execute(() -> ran.add(Thread.currentThread()));

    assertThat(ran).containsExactly(Thread.currentThread());
  }

  @Test
  void execute_longQueue_isNotAllTheCallersWork() throws InterruptedException {
    AtomicInteger byCaller = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(1_000);
    Thread caller = Thread.currentThread();

    loop.execute(
        () -> {
          for (int i = 0; i < 1_000; i++) {
            loop.execute(
                () -> {
                  byCaller.addAndGet(Thread.currentThread() == caller ? 1 : 0);
                  done.countDown();
                });
          }
        });

    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(byCaller.get()).isLessThan(100);
  }

  @Test
  void execute_failingTask_doesNotStopTheNext() {
    List<String> ran = new ArrayList<>();

    loop.execute(
        () -> {
          throw new IllegalStateException("thrown on purpose");
        });
    loop.execute(() -> ran.add("next"));

    assertThat(ran).containsExactly("next");
  }

  @Test
  void execute_taskFailsWithAnError_callerIsSparedAndTheNextRuns() throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(2);

    loop.execute(
        () -> {
          loop.execute(ran::countDown);
          throw new AssertionError("thrown on purpose");
        });
    loop.execute(ran::countDown);

    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void execute_callersStackUsedUp_leftTasksRunOnTheLoopsThread() throws InterruptedException {
    CompletableFuture<Thread> next = new CompletableFuture<>();

    loop.execute(
        () -> {
          loop.execute(() -> next.complete(Thread.currentThread()));
          descend(0);
        });

    assertThat(next.orTimeout(60, TimeUnit.SECONDS).join()).isNotSameAs(Thread.currentThread());
    CountDownLatch later = new CountDownLatch(1);
    loop.execute(later::countDown);
    assertThat(later.await(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Without end. */
  private static int descend(int depth) {
    return 1 + (depth < 0 ? depth : descend(depth == Integer.MAX_VALUE ? 0 : depth + 1));
  }

  @Test
  void schedule_cancelled_doesNotRun() throws InterruptedException {
    List<String> ran = new ArrayList<>();
    CountDownLatch later = new CountDownLatch(1);

    loop.schedule(Duration.ofMillis(20), () -> ran.add("cancelled")).run();
    loop.schedule(
        Duration.ofMillis(40),
        () -> {
          ran.add("kept");
          later.countDown();
        });

    assertThat(later.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).containsExactly("kept");
  }

  @Test
  void close_whatIsGivenLater_stillRunsAndTimersDoNot() {
    List<String> ran = new ArrayList<>();
    loop.close();

    loop.execute(() -> ran.add("given"));
    loop.schedule(Duration.ZERO, () -> ran.add("timer"));

    assertThat(ran).containsExactly("given");
  }
}
