package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A grant of any kind that is forgotten while it is held is told of, and stays held. */
final class ForgottenGrantTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Coordinator coordinator = Coordinator.connect("memory://forgotten-grants/x");
  private final Locks locks = new Locks(coordinator);

  private static void forget(Callable<LockGrant> acquire) throws Exception {
    acquire.call();
  }

  @Test
  void grant_forgotten_isToldOfWithWhereItWasTakenAndStaysHeld() throws Exception {
    try (LogCapture log = new LogCapture()) {
      forget(() -> locks.lock("shared").exclusive().acquire());
      forget(
          () -> locks.lock("alone", LockConfig.unshared()).exclusive().tryAcquire().orElseThrow());
      forget(() -> locks.lock("async").exclusive().acquireAsync().get());
      forget(() -> locks.lock("down").downgradable().acquire());
      forget(() -> locks.lock("up").upgradable().acquire());
      forget(
          () -> locks.all(locks.lock("one").exclusive(), locks.lock("two").exclusive()).acquire());

      for (String lock : List.of("shared", "alone", "async", "down", "up", "one and two")) {
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  System.gc();
                  return log.lines().stream()
                      .anyMatch(
                          line ->
                              line.contains("forgotten while it is held: ")
                                  && line.contains("grant of " + lock + ","));
                });
      }
      // Of the first of the process it is known where they were taken, and later of one in 64.
      AtomicInteger more = new AtomicInteger();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                for (int i = 0; i < 16; i++) {
                  forget(() -> locks.lock("more-" + more.incrementAndGet()).exclusive().acquire());
                }
                System.gc();
                return log.lines().stream()
                    .anyMatch(
                        line ->
                            line.contains("forgotten while it is held: ")
                                && line.contains("this one was taken here")
                                && line.contains("ForgottenGrantTest"));
              });
    }
    DistributedLock alone = locks.lock("alone", LockConfig.unshared()).exclusive();
    assertThat(alone.tryAcquire()).as("whoever took it may be at work").isEmpty();
    coordinator.close();
  }

  @Test
  void grant_closedOrKeptOrUpgraded_isNotToldOf() throws Exception {
    try (LogCapture log = new LogCapture();
        LockGrant kept = locks.lock("kept").exclusive().acquire()) {
      forget(
          () -> {
            LockGrant closed = locks.lock("closed").exclusive().acquire();
            closed.close();
            return closed;
          });
      try (ConvertibleGrant reading = locks.lock("both").upgradable().acquire()) {
        reading.upgrade().close();
        System.gc();
        assertThat(reading.isHeld() && kept.isHeld()).isTrue();
      }
      forget(() -> locks.lock("last").exclusive().acquire());
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                System.gc();
                return log.lines().stream().anyMatch(line -> line.contains("grant of last,"));
              });

      assertThat(log.lines())
          .filteredOn(line -> line.contains("forgotten while"))
          .noneMatch(
              line ->
                  line.contains("grant of kept,")
                      || line.contains("grant of closed,")
                      || line.contains("both"));
    }
    coordinator.close();
  }
}
