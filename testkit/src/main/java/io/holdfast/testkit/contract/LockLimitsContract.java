package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockConfig.Overstay;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.QueueFullException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@link LockConfig} promise, likewise. */
public abstract class LockLimitsContract extends TwoClients {

  private static final String NAME = "till";
  private static final Duration DELAY = Duration.ofSeconds(3);
  private static final LockConfig SHARED = LockConfig.defaults().withCrashDelay(DELAY);
  private static final LockConfig DELAYED = LockConfig.unshared().withCrashDelay(DELAY);

  private static DistributedLock lock(Coordinator coordinator, LockConfig limits) {
    return new Locks(coordinator).lock(NAME, limits).exclusive();
  }

  private List<QueueMember> queue() {
    return get(new LockQueues(second).queue(NAME));
  }

  private CompletableFuture<LockGrant> queued(DistributedLock lock) {
    int before = queue().size();
    CompletableFuture<LockGrant> waiting = lock.acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() > before);
    return waiting;
  }

  @Test
  void mostAhead_queueIsFull_refusesAndLeavesNothing() throws InterruptedException {
    LockConfig one = LockConfig.unshared().withMaxAhead(1);
    LockGrant holder = lock(first, one).acquire();
    CompletableFuture<LockGrant> waiting = queued(lock(second, one));

    assertThatThrownBy(() -> lock(first, one).acquire()).isInstanceOf(QueueFullException.class);
    assertThatThrownBy(() -> lock(second, one).tryAcquire(PATIENCE))
        .isInstanceOf(QueueFullException.class);
    assertThat(lock(second, one).acquireAsync())
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(QueueFullException.class);
    assertThat(lock(second, one).tryAcquire()).isEmpty();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(queue()).hasSize(2));

    holder.close();
    get(waiting).close();
    lock(first, one).acquire().close();
  }

  /** Those who asked later are behind, wherever they stand when somebody looks. */
  @Test
  void mostAhead_manyAskAtOnce_letsInAsManyAsThereIsRoomFor() throws InterruptedException {
    LockConfig two = LockConfig.unshared().withMaxAhead(2);
    LockGrant holder = lock(first, two).acquire();

    List<CompletableFuture<LockGrant>> asked =
        Stream.generate(() -> lock(second, two).acquireAsync()).limit(12).toList();

    await()
        .atMost(PATIENCE)
        .until(() -> asked.stream().filter(CompletableFuture::isDone).count() == 10);
    List<CompletableFuture<LockGrant>> letIn =
        asked.stream().filter(each -> !each.isDone()).toList();
    holder.close();
    letIn.stream()
        .map(each -> each.thenCompose(LockGrant::release))
        .toList()
        .forEach(TwoClients::get);
    assertThat(asked)
        .filteredOn(each -> letIn.stream().noneMatch(one -> one == each))
        .allSatisfy(
            each ->
                assertThat(each)
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(QueueFullException.class));
  }

  @Test
  void mostAhead_waiterHasToQueueAgain_isNotRefused() throws InterruptedException {
    LockGrant holder = lock(first, LockConfig.unshared()).acquire();
    CompletableFuture<LockGrant> letIn = queued(lock(first, LockConfig.unshared().withMaxAhead(1)));
    CompletableFuture<LockGrant> nearer = queued(lock(second, LockConfig.unshared()));
    CompletableFuture<LockGrant> farther = queued(lock(second, LockConfig.unshared()));
    get(second.current().orElseThrow().commit(Transaction.EMPTY.delete(queue().get(1).key())));

    holder.close();

    LockGrant next = get(nearer);
    await().atMost(PATIENCE).until(() -> queue().size() == 3);
    next.close();
    get(farther).close();
    get(letIn).close();
  }

  @Test
  void longestHold_revoke_isLostAndTheNextHolds() throws InterruptedException {
    LockConfig brief = LockConfig.unshared().withMaxHold(Duration.ofMillis(500), Overstay.REVOKE);
    LockGrant sloth = lock(first, brief).acquire();

    LockGrant next = lock(second, LockConfig.unshared()).acquire();

    assertThat(sloth.state()).isEqualTo(GrantState.LOST);
    assertThat(sloth.isHeld()).isFalse();
    assertThat(next.token()).isGreaterThan(sloth.token());
    sloth.close();
    assertThat(next.isHeld()).isTrue();
    next.close();
  }

  @Test
  void longestHold_warn_leavesTheHoldAlone() throws InterruptedException {
    LockConfig brief = LockConfig.unshared().withMaxHold(Duration.ofMillis(1), Overstay.WARN);
    LockGrant sloth = lock(first, brief).acquire();
    CompletableFuture<LockGrant> next = queued(lock(second, LockConfig.unshared()));

    assertThat(sloth.state()).isEqualTo(GrantState.HELD);
    assertThat(next).isNotDone();
    sloth.close();
    get(next).close();
  }

  @Test
  void crashDelay_holderCrashes_keepsTheNextOut() throws InterruptedException {
    LockGrant doomed = lock(first, DELAYED).acquire();
    CompletableFuture<LockGrant> next = queued(lock(second, DELAYED));

    long crash = System.nanoTime();
    crash(first);

    LockGrant grant = get(next);
    assertThat(System.nanoTime() - crash).isGreaterThanOrEqualTo(DELAY.toNanos());
    assertThat(grant.token()).isGreaterThan(doomed.token());
    grant.close();
  }

  @Test
  void crashDelay_nobodyWaitsAtTheCrash_stillKeepsTheNextOut() throws InterruptedException {
    lock(first, DELAYED).acquire();
    crash(first);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(queue()).isEmpty());

    assertThat(lock(second, DELAYED).tryAcquire()).isEmpty();
    assertThat(lock(second, DELAYED).tryAcquire(Duration.ofMillis(300))).isEmpty();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(queue()).isEmpty());
    LockGrant grant = lock(second, DELAYED).acquire();
    assertThat(grant.isHeld()).isTrue();
    grant.close();
    lock(second, DELAYED).tryAcquire().orElseThrow().close();
  }

  /** Where other programs keep their locks, and clients of other namespaces meet. */
  @Test
  void crashDelay_directoryOutsideOfTheNamespace_isKept() throws InterruptedException {
    for (Key directory :
        List.of(
            Key.absolute("elsewhere/" + UUID.randomUUID()),
            Key.absolute("/elsewhere/" + UUID.randomUUID()))) {
      Coordinator other = owned(connect(namespace() + "-other", options("third")));
      Coordinator doomed = owned(connect(namespace(), options("doomed")));
      DistributedLock theirs = new Locks(doomed, directory).lock(NAME, SHARED).exclusive();
      theirs.tryAcquire(PATIENCE).orElseThrow().close();
      LockGrant lost = theirs.tryAcquire(PATIENCE).orElseThrow();
      Locks locks = new Locks(other, directory);
      LockQueues queues = new LockQueues(other, directory);

      crash(doomed);

      await().atMost(PATIENCE).until(() -> get(queues.queue(NAME)).isEmpty());
      assertThat(locks.lock(NAME, SHARED).exclusive().tryAcquire()).isEmpty();
      try (LockGrant next =
          locks.lock(NAME, SHARED).exclusive().tryAcquire(PATIENCE).orElseThrow()) {
        assertThat(next.token()).isGreaterThan(lost.token());
        assertThat(get(queues.names())).containsExactly(NAME);
      }
    }
  }

  @Test
  void crashDelay_cleanRelease_isFreeAtOnce() throws InterruptedException {
    LockConfig ages = LockConfig.unshared().withCrashDelay(PATIENCE.multipliedBy(5));
    LockGrant grant = lock(first, ages).acquire();
    CompletableFuture<LockGrant> given = queued(lock(second, ages));
    CompletableFuture<LockGrant> next = queued(lock(second, ages));
    given.cancel(true);

    grant.close();

    get(next).close();
    lock(first, ages).tryAcquire(PATIENCE).orElseThrow().close();
  }
}
