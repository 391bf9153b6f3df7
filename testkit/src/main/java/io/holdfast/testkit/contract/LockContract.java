package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.CoordinationEvent.RequestDone;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLostException;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What {@link DistributedLock} promises, on a real cluster with two clients. */
public abstract class LockContract extends TwoClients {

  private static final Duration AGES = Duration.ofSeconds(60);
  private static final Duration BLINK = Duration.ofMillis(50);

  private static DistributedLock lock(Coordinator coordinator) {
    return new Locks(coordinator).lock("orders", LockConfig.unshared()).exclusive();
  }

  private List<QueueMember> queue() {
    return get(new LockQueues(second).queue("orders"));
  }

  @Test
  void acquire_freeLock_isHeldUntilReleased() throws InterruptedException {
    LockGrant grant = lock(first).acquire();

    assertThat(grant.state()).isEqualTo(GrantState.HELD);
    assertThat(grant.isHeld()).isTrue();
    assertThat(grant.remaining()).isPositive();
    assertThat(grant.token()).isGreaterThan(FencingToken.NONE);
    grant.ensureHeld();

    grant.close();
    grant.close();

    assertThat(grant.state()).isEqualTo(GrantState.RELEASED);
    assertThat(grant.isHeld()).isFalse();
    assertThatThrownBy(grant::ensureHeld).isInstanceOf(LockLostException.class);
    assertThat(queue()).isEmpty();
  }

  @Test
  void tryAcquire_heldLock_isEmptyAndLeavesNothing() throws InterruptedException {
    try (LockGrant grant = lock(first).acquire()) {
      assertThat(lock(second).tryAcquire()).isEmpty();
      assertThat(lock(first).tryAcquire()).isEmpty();
      assertThat(queue()).extracting(QueueMember::token).containsExactly(grant.token());
    }

    Optional<LockGrant> now = lock(second).tryAcquire(AGES);
    assertThat(now).isPresent();
    now.get().close();
  }

  @Test
  void tryAcquire_visiblyHeldLock_asksForNoWrite() throws InterruptedException {
    List<String> requests = new CopyOnWriteArrayList<>();
    try (LockGrant grant = lock(first).acquire()) {
      Runnable stop =
          second.listen(
              event -> {
                if (event instanceof RequestDone done) {
                  requests.add(done.operation());
                }
              });
      assertThat(lock(second).tryAcquire()).isEmpty();
      assertThat(grant.isHeld()).isTrue();
      await().atMost(AGES).until(() -> !requests.isEmpty());
      get(new LockQueues(second).queue("orders"));
      await().atMost(AGES).until(() -> requests.contains("list"));
      stop.run();
    }
    assertThat(requests).containsOnly("names", "list");
  }

  @Test
  void tryAcquire_noTimeToWaitOnAFreeLock_takesIt() throws InterruptedException {
    try (LockGrant grant = lock(first).tryAcquire(Duration.ZERO).orElseThrow()) {
      assertThat(grant.isHeld()).isTrue();
      assertThat(lock(first).tryAcquire(Duration.ofSeconds(-1))).isEmpty();
    }
  }

  @Test
  void tryAcquire_timeRunsOut_leavesNothingInTheQueue() throws InterruptedException {
    try (LockGrant grant = lock(first).acquire()) {
      assertThat(lock(second).tryAcquire(BLINK)).isEmpty();
      assertThat(lock(second).tryAcquire(Duration.ZERO)).isEmpty();

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(queue())
                      .extracting(QueueMember::token)
                      .containsExactly(grant.token()));
    }
    lock(second).tryAcquire(AGES).orElseThrow().close();
  }

  @Test
  void acquire_interrupted_leavesNothingInTheQueue() throws InterruptedException {
    try (LockGrant grant = lock(first).acquire()) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread waiter =
          new Thread(
              () -> {
                try {
                  lock(second).acquire();
                } catch (InterruptedException e) {
                  thrown.set(e);
                }
              });
      waiter.start();
      await().atMost(PATIENCE).until(() -> queue().size() == 2);

      waiter.interrupt();
      waiter.join(PATIENCE.toMillis());

      assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(queue())
                      .extracting(QueueMember::token)
                      .containsExactly(grant.token()));
    }
  }

  @Test
  void acquireAsync_cancelled_leavesNothingAndTheNextGetsIt() throws InterruptedException {
    LockGrant grant = lock(first).acquire();
    CompletableFuture<LockGrant> cancelled = lock(second).acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() == 2);
    CompletableFuture<LockGrant> next = lock(first).acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() == 3);

    assertThat(cancelled.cancel(true)).isTrue();

    await().atMost(PATIENCE).until(() -> queue().size() == 2);
    assertThat(next).isNotDone();
    grant.close();
    LockGrant granted = get(next);
    assertThat(granted.token()).isGreaterThan(grant.token());
    granted.close();
    assertThat(queue()).isEmpty();
  }

  @Test
  void acquireAsync_cancelledAtOnce_leavesNothing() {
    for (int i = 0; i < 20; i++) {
      CompletableFuture<LockGrant> given = lock(second).acquireAsync();
      if (!given.cancel(true)) {
        // The cluster was faster: then the lock is ours, and cancelling does nothing.
        get(given).close();
      }
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(queue()).isEmpty());
    LockGrant grant = get(lock(first).acquireAsync());
    grant.close();
  }

  @Test
  void acquire_queued_isServedFirstComeFirstServed() throws InterruptedException {
    LockGrant holder = lock(first).acquire();
    List<CompletableFuture<LockGrant>> waiting = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int there = i + 1;
      waiting.add(lock(i % 2 == 0 ? second : first).acquireAsync());
      await().atMost(PATIENCE).until(() -> queue().size() == there + 1);
    }

    FencingToken last = holder.token();
    holder.close();
    for (CompletableFuture<LockGrant> next : waiting) {
      LockGrant grant = get(next);
      assertThat(grant.token()).isGreaterThan(last);
      last = grant.token();
      grant.close();
    }
  }

  @Test
  void acquire_manyThreadsOfTwoClients_neverTwoAtOnceAndTokensGrow() {
    int rounds = 25;
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    List<FencingToken> tokens = Collections.synchronizedList(new ArrayList<>());
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      DistributedLock lock = lock(i % 2 == 0 ? first : second);
      workers.add(
          threads.submit(
              () -> {
                for (int round = 0; round < rounds; round++) {
                  try (LockGrant grant = lock.acquire()) {
                    if (inside.incrementAndGet() > 1) {
                      overlaps.incrementAndGet();
                    }
                    tokens.add(grant.token());
                    inside.decrementAndGet();
                  }
                }
                return null;
              }));
    }
    workers.forEach(TwoClients::get);

    assertThat(overlaps).hasValue(0);
    assertThat(tokens).hasSize(4 * rounds).isSorted().doesNotHaveDuplicates();
    assertThat(queue()).isEmpty();
  }

  @Test
  void holderCrashes_grantIsLostAndTheNextHasAGreaterToken() throws InterruptedException {
    LockGrant doomed = lock(first).acquire();
    CompletableFuture<LossReason> lost = doomed.lost().toCompletableFuture();
    CompletableFuture<LockGrant> next = lock(second).acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() == 2);

    crash(first);

    LockGrant successor = get(next);
    assertThat(doomed.state()).isEqualTo(GrantState.LOST);
    assertThat(doomed.isHeld()).isFalse();
    assertThat(get(lost)).isEqualTo(LossReason.CLOSED);
    assertThat(successor.token()).isGreaterThan(doomed.token());
    doomed.close();
    assertThat(successor.isHeld()).isTrue();
    assertThat(queue()).extracting(QueueMember::token).containsExactly(successor.token());
    successor.close();
  }

  @Test
  void waiterLosesItsSession_queuesAgainInTheNext() throws InterruptedException {
    LockGrant holder = lock(first).acquire();
    CompletableFuture<LockGrant> waiting = lock(second).acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() == 2);
    Session before = second.current().orElseThrow();

    get(
        before
            .commit(Transaction.EMPTY.delete(Key.of("sessions", before.id())))
            .handle((done, failure) -> true));

    await()
        .atMost(PATIENCE)
        .until(() -> second.current().filter(session -> session != before).isPresent());
    holder.close();
    LockGrant grant = get(waiting);
    assertThat(grant.isHeld()).isTrue();
    assertThat(grant.token()).isGreaterThan(holder.token());
    grant.close();
  }

  @Test
  void placeTakenAwayBySomebody_grantIsLostAndTheNextGetsIt() throws InterruptedException {
    LockGrant victim = lock(first).acquire();
    CompletableFuture<LockGrant> next = lock(second).acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() == 2);
    String path = queue().get(0).nativePath();
    Key place = Key.of("locks", "orders", path.substring(path.lastIndexOf('/') + 1));

    get(second.current().orElseThrow().commit(Transaction.EMPTY.delete(place)));

    await().atMost(PATIENCE).until(() -> victim.state() == GrantState.LOST);
    assertThat(get(victim.lost().toCompletableFuture())).isEqualTo(LossReason.REVOKED);
    LockGrant successor = get(next);
    assertThat(successor.token()).isGreaterThan(victim.token());
    get(victim.release());
    assertThat(successor.isHeld()).isTrue();
    successor.close();
  }

  @Test
  void queue_holderAndWaiter_tellsWhoTheyAre() throws InterruptedException {
    LockGrant grant = lock(first).acquire();
    CompletableFuture<LockGrant> waiting = lock(second).acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() == 2);

    List<QueueMember> queue = queue();
    assertThat(queue.get(0).token()).isEqualTo(grant.token());
    assertThat(queue.get(0).owner().orElseThrow().name()).isEqualTo("first");
    assertThat(queue.get(0).owner().orElseThrow().pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(queue.get(1).owner().orElseThrow().name()).isEqualTo("second");
    assertThat(queue.get(1).position()).isEqualTo(1);
    assertThat(get(new LockQueues(first).names())).contains("orders");
    assertThat(queue.get(0).nativePath())
        .startsWith(get(new LockQueues(first).nativePath("orders")) + "/");
    waiting.cancel(true);
    grant.close();
  }

  @Test
  void locks_ofOtherNames_doNotMeet() throws InterruptedException {
    try (LockGrant one = new Locks(first).lock("a").exclusive().acquire();
        LockGrant two = new Locks(second).lock("a2").exclusive().acquire()) {
      assertThat(one.isHeld()).isTrue();
      assertThat(two.isHeld()).isTrue();
    }
  }

  @Test
  void close_ofTheCoordinator_freesWhatItHeld() throws Exception {
    LockGrant grant = lock(first).acquire();
    CountDownLatch got = new CountDownLatch(1);
    CompletableFuture<LockGrant> next = lock(second).acquireAsync();
    next.thenRun(got::countDown);

    first.close();

    assertThat(got.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(grant.isHeld()).isFalse();
    get(next).close();
  }

  @Test
  void onSession_observerThrows_theNextSessionServesAllOthers() throws InterruptedException {
    List<Session> seen = new CopyOnWriteArrayList<>();
    first.onSession(
        session -> {
          throw new AssertionError("thrown on purpose");
        });
    first.onSession(seen::add);
    await().atMost(PATIENCE).until(() -> seen.size() == 1);

    crash(first);

    await().atMost(PATIENCE).until(() -> seen.size() == 2);
    new Locks(first).lock("after").exclusive().acquire().close();
  }
}
