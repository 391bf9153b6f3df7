package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.Hold;
import io.holdfast.lock.LockOptions;
import io.holdfast.lock.Locks;
import io.holdfast.lock.UpgradableGrant;
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

  private static void forget(Callable<Hold> acquire) throws Exception {
    acquire.call();
  }

  @Test
  void grant_forgotten_isToldOfWithWhereItWasTakenAndStaysHeld() throws Exception {
    try (LogCapture log = new LogCapture()) {
      forget(() -> locks.exclusive("shared").acquire());
      forget(() -> locks.exclusive("alone", LockOptions.unshared()).tryAcquire().orElseThrow());
      forget(() -> locks.exclusive("async").acquireAsync().get());
      forget(() -> locks.readWrite("down").downgradable().acquire());
      forget(() -> locks.readWrite("up").upgradable().acquire());
      forget(() -> locks.all(locks.exclusive("one"), locks.exclusive("two")).acquire());

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
                  forget(() -> locks.exclusive("more-" + more.incrementAndGet()).acquire());
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
    DistributedLock alone = locks.exclusive("alone", LockOptions.unshared());
    assertThat(alone.tryAcquire()).as("whoever took it may be at work").isEmpty();
    coordinator.close();
  }

  @Test
  void grant_closedOrKeptOrUpgraded_isNotToldOf() throws Exception {
    try (LogCapture log = new LogCapture();
        Hold kept = locks.exclusive("kept").acquire()) {
      forget(
          () -> {
            Hold closed = locks.exclusive("closed").acquire();
            closed.close();
            return closed;
          });
      try (UpgradableGrant reading = locks.readWrite("both").upgradable().acquire()) {
        reading.upgrade().close();
        System.gc();
        assertThat(reading.isHeld() && kept.isHeld()).isTrue();
      }
      forget(() -> locks.exclusive("last").acquire());
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
