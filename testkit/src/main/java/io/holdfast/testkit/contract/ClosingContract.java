package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.Closing;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.ThreadLock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What holds that end {@link Closing#AT_ONCE} promise, on a real cluster with two clients. */
public abstract class ClosingContract extends TwoClients {

  /** Often enough that a release and what comes after it are under way together. */
  private static final int OFTEN = 50;

  private static final LockConfig SHARED = LockConfig.defaults().withClosing(Closing.AT_ONCE);
  private static final LockConfig AT_ONCE = LockConfig.unshared().withClosing(Closing.AT_ONCE);

  private static DistributedLock lock(Coordinator coordinator) {
    return new Locks(coordinator).lock("orders", AT_ONCE).exclusive();
  }

  @Test
  void close_atOnce_nextOfTheSameCoordinatorIsNotRefused() {
    FencingToken latest = FencingToken.NONE;
    for (int i = 0; i < OFTEN; i++) {
      LockGrant grant = lock(first).tryAcquire().orElseThrow();
      assertThat(grant.token()).isGreaterThan(latest);
      latest = grant.token();
      grant.close();
      assertThat(grant.state()).isEqualTo(GrantState.RELEASED);
    }
  }

  @Test
  void close_atOnceSeveralTogether_nextOfTheSameCoordinatorIsNotRefused() {
    Locks locks = new Locks(first);
    for (int i = 0; i < OFTEN; i++) {
      DistributedLock[] both = {locks.lock("a").exclusive(), locks.lock("b").exclusive()};
      try (LockGrant grant = locks.all(both).tryAcquire().orElseThrow()) {
        assertThat(grant.isHeld()).isTrue();
      }
    }
  }

  @Test
  void close_atOnceAnUpgradedReader_nextOfTheSameCoordinatorIsNotRefused() {
    for (int i = 0; i < OFTEN; i++) {
      try (var reading =
          new Locks(first).lock("rw", AT_ONCE).upgradable().tryAcquire().orElseThrow()) {
        reading.tryUpgrade().orElseThrow().close();
        reading.tryUpgrade().orElseThrow().close();
      }
    }
  }

  @Test
  void close_atOnceWithADelayAfterCrashes_isNoCrash() {
    DistributedLock delayed =
        new Locks(first)
            .lock("orders", AT_ONCE.withCrashDelay(PATIENCE.multipliedBy(10)))
            .exclusive();
    for (int i = 0; i < OFTEN; i++) {
      get(delayed.acquireAsync()).close();
    }
  }

  @Test
  void close_atOnce_waiterElsewhereGetsItsTurn() throws InterruptedException {
    for (int i = 0; i < OFTEN; i++) {
      LockGrant grant = lock(first).acquire();
      CompletableFuture<LockGrant> waiting = lock(second).acquireAsync();
      grant.close();
      LockGrant next = get(waiting);
      assertThat(next.isHeld()).isTrue();
      next.close();
    }
  }

  /** Two who hold it together would be seen: each is inside alone, and later than all before. */
  @Test
  void close_atOnceByManyThreadsOfTwoClients_oneIsInside() {
    List<Future<?>> workers = new ArrayList<>();
    AtomicInteger inside = new AtomicInteger();
    List<FencingToken> tokens = new ArrayList<>();
    for (Coordinator coordinator : List.of(first, second, first, second)) {
      workers.add(
          threads.submit(
              () -> {
                for (int i = 0; i < OFTEN; i++) {
                  try (LockGrant grant = lock(coordinator).acquire()) {
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    tokens.add(grant.token());
                    inside.decrementAndGet();
                  }
                }
                return null;
              }));
    }
    workers.forEach(TwoClients::get);
    assertThat(tokens).hasSize(4 * OFTEN).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void unlock_atOnce_threadLockAndSharedPlacesGoOn() {
    ThreadLock own = ThreadLock.of(lock(first));
    DistributedLock shared = new Locks(first).lock("shared", SHARED).exclusive();
    ThreadLock sharing = ThreadLock.of(shared);
    for (int i = 0; i < OFTEN; i++) {
      for (ThreadLock lock : List.of(own, sharing)) {
        assertThat(lock.tryLock()).isTrue();
        lock.unlock();
      }
    }
  }
}
