package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.AuditRecord;
import io.holdfast.admin.AuditTrail;
import io.holdfast.admin.LockChange;
import io.holdfast.admin.LockQueues;
import io.holdfast.admin.LockWatch;
import io.holdfast.admin.QueueMember;
import io.holdfast.admin.QueueMember.Role;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.RemovedFromQueueException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What operators see of a queue, and what they can do to it. */
public abstract class InspectionContract extends TwoClients {

  private List<QueueMember> queue() {
    return get(new LockQueues(second).queue("orders"));
  }

  private CompletableFuture<LockGrant> waiting() {
    CompletableFuture<LockGrant> next =
        new Locks(second).lock("orders", LockConfig.unshared()).exclusive().acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() == 2);
    return next;
  }

  @Test
  void queue_member_tellsPurposeTraceThreadAndAge() throws InterruptedException {
    Instant before = Instant.now();
    try (LockGrant grant =
        new Locks(first)
            .withTraceIds(() -> Optional.of("4bf92f35"))
            .lock("orders", LockConfig.unshared().withPurpose("settle invoice 17 & 18"))
            .exclusive()
            .acquire()) {
      QueueMember holder = queue().get(0);

      assertThat(holder.token()).isEqualTo(grant.token());
      assertThat(holder.purpose()).contains("settle invoice 17 & 18");
      assertThat(holder.traceId()).contains("4bf92f35");
      assertThat(holder.thread()).contains(Thread.currentThread().getName());
      assertThat(holder.joined().orElseThrow()).isAfterOrEqualTo(before);
      assertThat(holder.age(Instant.now()).orElseThrow())
          .isBetween(Duration.ZERO, Duration.ofMinutes(1));
      assertThat(holder.toString()).contains("first", "settle invoice 17", "exclusive");
    }
  }

  @Test
  void forceRelease_holder_losesItAndTheNextHasAGreaterToken() throws InterruptedException {
    LockGrant victim = new Locks(first).lock("orders", LockConfig.unshared()).exclusive().acquire();
    CompletableFuture<LockGrant> next = waiting();

    assertThat(get(new LockQueues(second).forceRelease(queue().get(0), "stuck since noon")))
        .isTrue();

    LockGrant successor = get(next);
    await().atMost(PATIENCE).until(() -> victim.state() == GrantState.LOST);
    assertThat(get(victim.lost().toCompletableFuture())).isEqualTo(LossReason.REVOKED);
    assertThat(successor.token()).isGreaterThan(victim.token());
    AuditRecord audit = get(new AuditTrail(first).list()).get(0);
    assertThat(audit.by().name()).isEqualTo("second");
    assertThat(audit.entry().action()).isEqualTo("lock.release");
    assertThat(audit.entry().subject()).contains("orders", "first", victim.token().toString());
    assertThat(audit.entry().reason()).isEqualTo("stuck since noon");
    successor.close();
  }

  @Test
  void forceRelease_goneAlready_isFalseAndNotAudited() throws InterruptedException {
    QueueMember gone;
    try (LockGrant grant =
        new Locks(first).lock("orders", LockConfig.unshared()).exclusive().acquire()) {
      gone = queue().get(0);
      assertThat(gone.token()).isEqualTo(grant.token());
    }
    assertThat(get(new LockQueues(second).forceRelease(gone, "too late"))).isFalse();
    assertThat(get(new AuditTrail(first).list())).isEmpty();
  }

  /** It has the form that every store takes for a place, but nobody put it who wants the lock. */
  @Test
  void queue_placeWithoutASession_isNoHolderAndCanBeRemoved() {
    Key stray = Key.of("locks", "orders", "junk-0000000000");
    get(first.current().orElseThrow().commit(Transaction.EMPTY.put(stray, Payload.utf8("x"))));
    CompletableFuture<LockGrant> next = waiting();

    assertThat(queue()).extracting(QueueMember::role).containsExactly(Role.STRAY, Role.WAITER);
    assertThat(get(new LockQueues(first).forceRelease(queue().get(0), "junk"))).isTrue();

    LockGrant grant = get(next);
    assertThat(queue()).extracting(QueueMember::role).containsExactly(Role.HOLDER);
    grant.close();
  }

  @Test
  void queue_holdersAndWaiters_areTold() throws InterruptedException {
    LockGrant reader = new Locks(first).lock("orders").read().acquire();
    LockGrant other = new Locks(second).lock("orders").read().acquire();
    CompletableFuture<LockGrant> writer = new Locks(first).lock("orders").write().acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() == 3);

    assertThat(queue())
        .extracting(QueueMember::role)
        .containsExactly(Role.HOLDER, Role.HOLDER, Role.WAITER);
    reader.close();
    other.close();
    get(writer).close();
  }

  @Test
  void forceRelease_waiter_failsAtOnceWithWhoAndWhyAndStaysAway() throws InterruptedException {
    LockGrant holder = new Locks(first).lock("orders", LockConfig.unshared()).exclusive().acquire();
    CompletableFuture<LockGrant> next = waiting();

    assertThat(get(new LockQueues(first).forceRelease(queue().get(1), "out of turn"))).isTrue();

    RemovedFromQueueException failure = removedFromQueue(next);
    assertThat(failure.by()).startsWith("first (").contains("pid ");
    assertThat(failure.reason()).isEqualTo("out of turn");
    assertThat(failure).hasMessageContaining("lock orders: first (");
    assertThat(queue()).extracting(QueueMember::role).containsExactly(Role.HOLDER);
    assertThat(holder.isHeld()).isTrue();
    holder.close();
    assertThat(queue()).isEmpty();
  }

  private static RemovedFromQueueException removedFromQueue(Future<?> wait) {
    ExecutionException failure =
        catchThrowableOfType(
            ExecutionException.class, () -> wait.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    assertThat(failure).hasCauseInstanceOf(RemovedFromQueueException.class);
    return (RemovedFromQueueException) Objects.requireNonNull(failure.getCause());
  }

  /** Who waits for several gives up the other places, too. */
  @Test
  void forceRelease_waiterForSeveral_leavesTheOtherQueues() throws InterruptedException {
    LockGrant holder = new Locks(first).lock("orders", LockConfig.unshared()).exclusive().acquire();
    Locks locks = new Locks(second);
    LockQueues queues = new LockQueues(second);
    Future<LockGrant> both =
        locks.all(locks.lock("orders").exclusive(), locks.lock("stock").exclusive()).acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() == 2);

    get(new LockQueues(first).forceRelease(get(queues.queue("stock")).get(0), "stuck"));

    assertThat(removedFromQueue(both)).hasMessageContaining("orders and stock");
    await().atMost(PATIENCE).until(() -> queue().size() == 1);
    assertThat(get(queues.queue("stock"))).isEmpty();
    holder.close();
  }

  /** Their place is one, and so they lose it together. */
  @Test
  void forceRelease_waitersThatShareAPlace_failTogether() throws InterruptedException {
    LockGrant holder = new Locks(first).lock("orders", LockConfig.unshared()).exclusive().acquire();
    DistributedLock shared = new Locks(second).lock("orders").exclusive();
    Future<LockGrant> one = threads.submit(() -> shared.acquire());
    Future<Optional<LockGrant>> two = threads.submit(() -> shared.tryAcquire(PATIENCE));
    await().atMost(PATIENCE).until(() -> queue().size() == 2);
    await().atMost(PATIENCE).until(() -> new LockQueues(second).localQueue("orders").size() == 2);

    get(new LockQueues(first).forceRelease(queue().get(1), "stuck"));

    assertThat(removedFromQueue(one).reason()).isEqualTo("stuck");
    assertThat(removedFromQueue(two).reason()).isEqualTo("stuck");
    holder.close();
    shared.acquire().close();
  }

  /** Nobody knows of an operator. */
  @Test
  void waiter_placeVanishes_queuesAgainBehindTheOthers() throws InterruptedException {
    LockGrant holder = new Locks(first).lock("orders", LockConfig.unshared()).exclusive().acquire();
    CompletableFuture<LockGrant> next = waiting();
    QueueMember waiter = queue().get(1);

    get(first.current().orElseThrow().commit(Transaction.EMPTY.delete(waiter.key())));

    holder.close();
    LockGrant late = get(next);
    assertThat(late.token()).isGreaterThan(waiter.token());
    late.close();
  }

  @Test
  void guard_ofAHoldThatIsThere_commits() throws InterruptedException {
    Key account = Key.of("accounts", "alice");
    try (LockGrant grant =
        new Locks(first).lock("orders", LockConfig.unshared()).exclusive().acquire()) {
      Transaction write = Transaction.EMPTY.put(account, Payload.utf8("17"));
      get(first.current().orElseThrow().commit(grant.guard(write)));
      get(second.current().orElseThrow().commit(grant.guard(write)));
    }
  }

  @Test
  void guard_ofAHoldThatIsOver_failsTheCommit() throws InterruptedException {
    Key account = Key.of("accounts", "alice");
    LockGrant grant = new Locks(first).lock("orders", LockConfig.unshared()).exclusive().acquire();
    get(new LockQueues(second).forceRelease(queue().get(0), "stuck"));

    assertThatThrownBy(
            () ->
                get(
                    second
                        .current()
                        .orElseThrow()
                        .commit(grant.guard(Transaction.EMPTY.put(account, Payload.utf8("17"))))))
        .hasRootCauseInstanceOf(GuardFailedException.class);
    grant.close();
  }

  @Test
  void watch_queue_tellsEachChangeAndGoesOnInTheNextSession() throws InterruptedException {
    Coordinator third = owned(connect(namespace(), options("third")));
    BlockingQueue<String> changes = new LinkedBlockingQueue<>();
    LockGrant holder = new Locks(first).lock("orders", LockConfig.unshared()).exclusive().acquire();
    try (LockGrant other =
            new Locks(first).lock("orders-2", LockConfig.unshared()).exclusive().acquire();
        LockWatch watch =
            new LockQueues(third).watch("orders", change -> changes.add(told(change)))) {
      assertThat(List.of(next(changes), next(changes)))
          .as("two queues, each seen for the first time: in no order")
          .containsExactlyInAnyOrder("ACQUIRED orders first", "ACQUIRED orders-2 first");
      CompletableFuture<LockGrant> next = waiting();
      assertThat(next(changes)).isEqualTo("QUEUED orders second");
      crash(third);
      holder.close();
      assertThat(next(changes)).isEqualTo("RELEASED orders first");
      assertThat(next(changes)).isEqualTo("ACQUIRED orders second");
      get(next).close();
      assertThat(next(changes)).isEqualTo("RELEASED orders second");
      assertThat(other.isHeld()).isTrue();
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void watch_observerIsSlow_hearsOfTheLatestStateOnly() throws InterruptedException {
    Coordinator third = owned(connect(namespace(), options("third")));
    BlockingQueue<String> changes = new LinkedBlockingQueue<>();
    CountDownLatch hears = new CountDownLatch(1);
    LockGrant holder = new Locks(first).lock("orders", LockConfig.unshared()).exclusive().acquire();
    Consumer<LockChange> slow =
        change -> {
          changes.add(told(change));
          pass(hears);
        };
    try (LockWatch watch = new LockQueues(third).watch("orders", slow)) {
      assertThat(next(changes)).isEqualTo("ACQUIRED orders first");
      holder.close();
      for (int i = 0; i < 30; i++) {
        new Locks(second).lock("orders", LockConfig.unshared()).exclusive().acquire().close();
      }
      get(third.current().orElseThrow().prove());
      LockGrant last = new Locks(first).lock("orders", LockConfig.unshared()).exclusive().acquire();
      hears.countDown();

      String latest = "";
      int heard = 0;
      while (!latest.equals("ACQUIRED orders first")) {
        latest = next(changes);
        heard++;
      }
      assertThat(heard).as("changes told of 31 holds").isLessThan(10);
      assertThat(last.isHeld()).isTrue();
      assertThat(watch).isNotNull();
    }
  }

  private static void pass(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String told(LockChange change) {
    return change.kind() + " " + change.lock() + " " + change.who().owner().orElseThrow().name();
  }

  private static String next(BlockingQueue<String> changes) throws InterruptedException {
    String next = changes.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(next).as("a change within %s", PATIENCE).isNotNull();
    return next;
  }
}
