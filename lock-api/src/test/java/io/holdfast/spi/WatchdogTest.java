package io.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class WatchdogTest {

  private static final Duration ALARM = Duration.ofMillis(20);

  private final AtomicBoolean busy = new AtomicBoolean();
  private final BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();

  /** As it is called in the stack. */
  private static void blocks(CountDownLatch until) throws InterruptedException {
    until.await();
  }

  /** Classes are loaded when they are first used, under a lock that other threads may have. */
  @Test
  void look_amongTheFirstTasks_isPatient() {
    try (Watchdog dog = new Watchdog("loop", Duration.ofHours(1), () -> true, told::add)) {
      dog.runsHere();
      dog.next();
      dog.look();
      for (int i = 1; i < Watchdog.FIRST_LOOKS; i++) {
        dog.look();
      }
      assertThat(told).isEmpty();
      dog.look();
      assertThat(told).hasSize(1);

      for (int i = 0; i < Watchdog.FIRST_TASKS; i++) {
        dog.next();
      }
      dog.look();
      dog.look();
      assertThat(told).as("a later one is told of at once").hasSize(2);
    }
  }

  @Test
  void look_taskThatBlocks_isToldOnceWithItsStack() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (Watchdog dog = new Watchdog("loop", ALARM, busy::get, told::add)) {
      Thread worker =
          new Thread(
              () -> {
                dog.runsHere();
                dog.next();
                busy.set(true);
                try {
                  blocks(end);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "worker");
      worker.start();

      Throwable first = told.poll(60, TimeUnit.SECONDS);

      assertThat(first).hasMessageContaining("loop").hasMessageContaining("worker");
      assertThat(first.getStackTrace()).anyMatch(frame -> frame.getMethodName().equals("blocks"));
      assertThat(told.poll(5 * ALARM.toMillis(), TimeUnit.MILLISECONDS)).isNull();
      end.countDown();
      worker.join(60_000);
    }
  }
}
