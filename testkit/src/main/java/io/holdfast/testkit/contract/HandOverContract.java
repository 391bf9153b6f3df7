package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockConfig.Overstay;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.QueueFullException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a lock promises that is handed over, and kept, within a process; see {@link LockConfig}. */
public abstract class HandOverContract extends TwoClients {

  private static final Duration AGES = Duration.ofSeconds(60);
  private static final Duration BLINK = Duration.ofMillis(50);
  private static final int MOST = 5;

  private static DistributedLock lock(Coordinator coordinator) {
    return lock(coordinator, LockConfig.defaults());
  }

  private static DistributedLock lock(Coordinator coordinator, LockConfig options) {
    return new Locks(coordinator).lock("orders", options).exclusive();
  }

  private static LockConfig kept(Duration retention) {
    return LockConfig.defaults().withRetention(retention);
  }

  private List<QueueMember> queue() {
    return get(new LockQueues(second).queue("orders"));
  }

  @Test
  void handOver_localWaiters_areServedInTheirOrder() throws Exception {
    LockGrant grant = lock(first).acquire();
    List<Integer> served = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<Void>> waits = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      waits.add(
          lock(first)
              .acquireAsync()
              .thenAccept(
                  next -> {
                    served.add(number);
                    next.release();
                  }));
    }
    CompletableFuture<LockGrant> cancelled = lock(first).acquireAsync();
    cancelled.cancel(true);
    CompletableFuture<LockGrant> last = lock(first).acquireAsync();
    assertThat(queue()).hasSize(1);

    grant.close();

    get(last).close();
    waits.forEach(TwoClients::get);
    assertThat(served).containsExactly(0, 1, 2, 3, 4);
    assertThat(queue()).isEmpty();
  }

  /** The source is code of others, which may itself wait for a thread that wants the lock. */
  @Test
  void acquire_traceSourceThatWaitsForTheLock_isNotCalledUnderTheQueuesOwnLock() throws Exception {
    Locks traced =
        new Locks(first)
            .withTraceIds(
                () -> {
                  get(lock(first).acquireAsync()).close();
                  return Optional.of("trace");
                });

    try (LockGrant grant = traced.lock("orders").exclusive().acquire()) {
      assertThat(grant.isHeld()).isTrue();
    }
  }

  @Test
  void exclusive_noOptionsGiven_isShared() throws Exception {
    LockGrant grant = new Locks(first).lock("orders").exclusive().acquire();
    CompletableFuture<LockGrant> waiting =
        new Locks(first).lock("orders").exclusive().acquireAsync();
    assertThat(new LockQueues(first).localQueue("orders")).hasSize(2);
    assertThat(queue()).hasSize(1).allMatch(QueueMember::isShared);

    grant.close();

    assertThat(get(waiting).token().revision()).isEqualTo(grant.token().revision());
    get(waiting).close();
    assertThat(queue()).isEmpty();
  }

  @Test
  void unshared_beside_haveTheirOwnPlaces() throws Exception {
    DistributedLock own = lock(first, LockConfig.unshared());
    LockGrant grant = own.acquire();
    CompletableFuture<LockGrant> next = own.acquireAsync();
    CompletableFuture<LockGrant> shared = lock(first).acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() == 3);
    assertThat(new LockQueues(first).localQueue("orders")).hasSize(1);

    grant.close();

    List<FencingToken> tokens = new ArrayList<>();
    for (CompletableFuture<LockGrant> each : List.of(next, shared)) {
      each.thenAccept(
          held -> {
            tokens.add(held.token());
            held.release();
          });
    }
    get(next);
    get(shared);
    await().atMost(PATIENCE).until(() -> queue().isEmpty());
    assertThat(tokens).hasSize(2).isSorted().allMatch(token -> token.compareTo(grant.token()) > 0);
  }

  @Test
  void handOver_placeGivenUpToAFullQueue_doesNotRefuseWhoWaited() throws Exception {
    LockConfig behindOne = LockConfig.defaults().withMaxAhead(1);
    DistributedLock each = lock(first, behindOne.withoutHandOver());
    LockGrant grant = each.acquire();
    CompletableFuture<LockGrant> waiter = each.acquireAsync();
    List<CompletableFuture<LockGrant>> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      others.add(
          new Locks(second).lock("orders", LockConfig.unshared()).exclusive().acquireAsync());
    }
    await().atMost(PATIENCE).until(() -> queue().size() == 4);

    grant.close();

    await().atMost(PATIENCE).until(() -> queue().size() == 4);
    // Those who asked at once need not stand in the order in which they did.
    others.forEach(other -> other.thenAccept(LockGrant::release));
    get(waiter).close();
  }

  @Test
  void handOver_coordinatorClosed_failsTheWaiters() throws Exception {
    lock(second).acquire();
    CompletableFuture<LockGrant> waiter = lock(first).acquireAsync();

    first.close();

    assertThat(waiter).failsWithin(PATIENCE);
  }

  @Test
  void handOver_manyInTwoProcesses_oneAtATimeWithGrowingTokens() {
    AtomicInteger inside = new AtomicInteger();
    List<FencingToken> tokens = Collections.synchronizedList(new ArrayList<>());
    List<Future<?>> all = new ArrayList<>();
    for (Coordinator coordinator : List.of(first, second)) {
      for (int thread = 0; thread < 6; thread++) {
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 15; i++) {
                    LockConfig options = i % 2 == 0 ? LockConfig.defaults() : kept(AGES);
                    try (LockGrant grant = lock(coordinator, options).acquire()) {
                      assertThat(inside.incrementAndGet()).isEqualTo(1);
                      tokens.add(grant.token());
                      inside.decrementAndGet();
                    }
                  }
                  return null;
                }));
      }
    }
    all.forEach(TwoClients::get);

    assertThat(tokens).hasSize(2 * 6 * 15).isSorted().doesNotHaveDuplicates();
    assertThat(tokens).anyMatch(token -> token.handover() > 0);
  }

  @Test
  void handOver_somebodyElseWaits_getsTheLockWithinTheBound() throws Exception {
    LockConfig bounded = LockConfig.defaults().withHandOver(MOST, AGES).withRetention(AGES);
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger holds = new AtomicInteger();
    List<Future<?>> busy = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      busy.add(
          threads.submit(
              () -> {
                while (!enough.get()) {
                  try (LockGrant grant = lock(first, bounded).acquire()) {
                    holds.incrementAndGet();
                  }
                }
                return null;
              }));
    }
    await().atMost(PATIENCE).until(() -> holds.get() > 2 * MOST);
    CompletableFuture<LockGrant> waiter =
        new Locks(second).lock("orders").exclusive().acquireAsync();
    CompletableFuture<Integer> when = waiter.thenApply(grant -> holds.get());
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                waiter.isDone()
                    || queue().stream()
                        .anyMatch(place -> place.owner().orElseThrow().name().equals("second")));
    int before = holds.get();

    int at = get(when);

    // What was handed on already, and the hold itself, and whoever counts late.
    assertThat(at - before).isLessThanOrEqualTo(MOST + 2);
    enough.set(true);
    waiter.join().close();
    busy.forEach(TwoClients::get);
  }

  @Test
  void handOver_localWaiterGivesUp_leavesNothing() throws Exception {
    try (LockGrant grant = lock(first).acquire()) {
      assertThat(lock(first).tryAcquire()).isEmpty();
      assertThat(lock(first).tryAcquire(BLINK)).isEmpty();
      assertThat(queue()).hasSize(1);
      assertThat(grant.isHeld()).isTrue();
    }
    assertThat(queue()).isEmpty();
  }

  @Test
  void handOver_sessionLost_localWaiterHasItsTurnInTheNext() throws Exception {
    LockGrant grant = lock(first).acquire();
    CompletableFuture<LockGrant> waiter = lock(first).acquireAsync();
    assertThat(queue()).hasSize(1);

    crash(first);

    get(grant.lost().toCompletableFuture());
    assertThat(grant.state()).isEqualTo(GrantState.LOST);
    LockGrant next = get(waiter);
    assertThat(next.token()).isGreaterThan(grant.token());
    assertThat(next.isHeld()).isTrue();
    grant.close();
    assertThat(next.isHeld()).isTrue();
    next.close();
    assertThat(queue()).isEmpty();
  }

  @Test
  void retention_acquiredAgain_keepsThePlaceAndRaisesTheToken() throws Exception {
    LockGrant once = lock(first, kept(AGES)).acquire();
    once.close();
    assertThat(once.state()).isEqualTo(GrantState.RELEASED);
    assertThat(queue()).hasSize(1);

    LockGrant again = lock(first, kept(AGES)).tryAcquire().orElseThrow();

    assertThat(again.token()).isGreaterThan(once.token());
    assertThat(again.token().revision()).isEqualTo(once.token().revision());
    assertThat(once.isHeld()).isFalse();
    again.close();
  }

  @Test
  void retention_rivalQueues_isGivenUpAtOnce() throws Exception {
    FencingToken before;
    try (LockGrant grant = lock(first, kept(AGES)).acquire()) {
      before = grant.token();
    }
    FencingToken between;
    try (LockGrant rival =
        new Locks(second).lock("orders").exclusive().tryAcquire(AGES).orElseThrow()) {
      between = rival.token();
      assertThat(between).isGreaterThan(before);
      assertThat(lock(first, kept(AGES)).tryAcquire()).isEmpty();
    }
    try (LockGrant after = lock(first).acquire()) {
      assertThat(after.token()).isGreaterThan(between);
    }
  }

  @Test
  void retention_othersOnlyTry_getItIfNobodyHolds() throws Exception {
    LockConfig forHours = kept(Duration.ofHours(1));
    FencingToken before;
    try (LockGrant grant = lock(first, forHours).acquire()) {
      before = grant.token();
      assertThat(new Locks(second).lock("orders").exclusive().tryAcquire()).isEmpty();
      assertThat(lock(second, forHours).tryAcquire()).isEmpty();
      await().atMost(PATIENCE).until(() -> queue().size() == 1);
    }
    lock(first, forHours).acquire().close();
    assertThat(queue()).as("kept").hasSize(1);

    for (DistributedLock theirs :
        List.of(new Locks(second).lock("orders").exclusive(), lock(second, forHours))) {
      List<LockGrant> got = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                theirs.tryAcquire().ifPresent(got::add);
                return !got.isEmpty();
              });
      assertThat(got.get(0).token()).isGreaterThan(before);
      got.get(0).close();
      lock(first, forHours).tryAcquire(PATIENCE).orElseThrow().close();
    }
  }

  @Test
  void handOver_oneMayNotWaitBehindSoMany_theOthersDo() throws Exception {
    LockGrant grant = new Locks(second).lock("orders").exclusive().acquire();
    for (int i = 0; i < 10; i++) {
      DistributedLock impatient = lock(first, LockConfig.defaults().withMaxAhead(0));
      CompletableFuture<LockGrant> refused = impatient.acquireAsync();
      CompletableFuture<LockGrant> patient = lock(first).acquireAsync();
      assertThat(refused)
          .failsWithin(PATIENCE)
          .withThrowableThat()
          .withCauseInstanceOf(QueueFullException.class);
      await().atMost(PATIENCE).until(() -> queue().size() == 2 || patient.isDone());
      assertThat(patient).isNotDone();
      patient.cancel(true);
      await().atMost(PATIENCE).until(() -> queue().size() == 1);
    }
    grant.close();
  }

  @Test
  void retention_rivalQueuesDuringTheHold_isNotKept() throws Exception {
    lock(first, kept(AGES)).acquire().close();
    LockGrant grant = lock(first, kept(AGES)).acquire();
    CompletableFuture<LockGrant> rival =
        new Locks(second).lock("orders").exclusive().acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() == 2);

    grant.close();

    get(rival).close();
    await().atMost(PATIENCE).until(() -> queue().isEmpty());
  }

  @Test
  void longestHold_revoke_takesThePlaceWithTheHold() throws Exception {
    LockConfig brief = LockConfig.defaults().withMaxHold(Duration.ofMillis(500), Overstay.REVOKE);
    LockGrant overdue = lock(first, brief).acquire();
    CompletableFuture<LockGrant> waiter = lock(first).acquireAsync();

    LockGrant next = get(waiter);

    assertThat(get(overdue.lost().toCompletableFuture())).isEqualTo(LossReason.REVOKED);
    assertThat(overdue.state()).isEqualTo(GrantState.LOST);
    assertThat(next.token().revision()).isGreaterThan(overdue.token().revision());
    assertThat(first.current().orElseThrow().commit(overdue.guard(Transaction.EMPTY)))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(GuardFailedException.class);
    overdue.close();
    assertThat(next.isHeld()).isTrue();
    next.close();
  }

  @Test
  void longestHold_holdsOfOnePlace_isCountedForEachHold() throws Exception {
    Duration bound = Duration.ofSeconds(3);
    LockConfig limits = kept(AGES).withMaxHold(bound, Overstay.REVOKE);
    DistributedLock bounded = lock(first, limits);
    LockGrant once = bounded.acquire();
    long began = System.nanoTime();
    once.close();

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              bounded.acquire().close();
              return System.nanoTime() - began > bound.multipliedBy(5).dividedBy(4).toNanos();
            });

    LockGrant last = bounded.acquire();
    assertThat(last.token().revision()).isEqualTo(once.token().revision());
    last.close();
  }

  @Test
  void retention_nobodyComes_isGivenUp() throws Exception {
    lock(first, kept(Duration.ofMillis(200))).acquire().close();

    await().atMost(PATIENCE).until(() -> queue().isEmpty());
    lock(first, kept(Duration.ofMillis(200))).acquire().close();
    await().atMost(PATIENCE).until(() -> queue().isEmpty());
  }

  @Test
  void retention_sessionLost_isNotBelieved() throws Exception {
    LockGrant before = lock(first, kept(AGES)).acquire();
    before.close();

    crash(first);
    LockGrant rival = new Locks(second).lock("orders").exclusive().tryAcquire(AGES).orElseThrow();

    assertThat(lock(first, kept(AGES)).tryAcquire(BLINK)).isEmpty();
    rival.close();
    try (LockGrant after = lock(first, kept(AGES)).acquire()) {
      assertThat(after.token()).isGreaterThan(rival.token());
    }
  }
}
