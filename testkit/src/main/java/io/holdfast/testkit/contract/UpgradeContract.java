package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.Deadlocks;
import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.Acquirable;
import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockConfig.Overstay;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLostException;
import io.holdfast.lock.Locks;
import io.holdfast.lock.NamedLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a reader promises who may come to write, likewise. */
public abstract class UpgradeContract extends TwoClients {

  private static final String NAME = "stock";
  private static final Duration BLINK = Duration.ofMillis(50);

  private static NamedLock stock(Coordinator coordinator) {
    return new Locks(coordinator).lock(NAME);
  }

  private List<QueueMember> queue() {
    return get(new LockQueues(second).queue(NAME));
  }

  private void assertQueue(String... modes) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(queue()).extracting(QueueMember::mode).containsExactly(modes));
  }

  /** Begins to wait, and returns once the place is taken. */
  private <G extends LockGrant> CompletableFuture<G> queued(Acquirable<G> lock) {
    int before = queue().size();
    CompletableFuture<G> waiting = lock.acquireAsync();
    await().atMost(PATIENCE).until(() -> queue().size() > before);
    return waiting;
  }

  private CompletableFuture<LockGrant> upgrading(ConvertibleGrant reading) {
    CompletableFuture<LockGrant> writing = reading.upgradeAsync();
    await()
        .atMost(PATIENCE)
        .until(() -> queue().stream().anyMatch(place -> place.mode().equals("upgrade")));
    return writing;
  }

  /** A round trip of the cluster later than all that was done, and still nothing. */
  private void assertStillWaits(CompletableFuture<?> waiting) {
    for (int i = 0; i < 3; i++) {
      queue();
      get(first.current().orElseThrow().prove());
    }
    assertThat(waiting).isNotDone();
  }

  @Test
  void upgradable_readersThere_isHeldTogetherAndByOne() throws InterruptedException {
    LockGrant before = stock(second).read().acquire();
    ConvertibleGrant reading = stock(first).upgradable().acquire();
    LockGrant after = stock(second).read().tryAcquire().orElseThrow();

    assertThat(List.of(before, reading, after)).allMatch(LockGrant::isHeld);
    assertQueue("read", "upgradable", "read", "read");
    assertThat(stock(second).upgradable().tryAcquire()).isEmpty();
    assertThat(stock(second).write().tryAcquire()).isEmpty();
    assertThat(new Locks(second).lock(NAME).exclusive().tryAcquire()).isEmpty();
    CompletableFuture<ConvertibleGrant> next = queued(stock(second).upgradable());
    CompletableFuture<LockGrant> late = queued(stock(first).read());
    assertStillWaits(next);
    assertThat(late).as("nobody overtakes a waiter").isNotDone();

    reading.close();

    assertThat(get(next).token()).isGreaterThan(reading.token());
    List.of(before, after, get(next), get(late)).forEach(LockGrant::close);
    assertQueue();
  }

  @Test
  void upgrade_alone_writesUnderAGreaterTokenAndReadsAgain() throws InterruptedException {
    ConvertibleGrant reading = stock(first).upgradable().acquire();
    FencingToken before = reading.token();

    FencingToken one;
    try (LockGrant writing = reading.upgrade()) {
      one = writing.token();
      assertThat(one).isGreaterThan(before).isEqualTo(reading.token());
      assertThat(stock(second).read().tryAcquire()).isEmpty();
      get(first.current().orElseThrow().commit(writing.guard(Transaction.EMPTY)));
      assertThatThrownBy(reading::upgrade).isInstanceOf(IllegalStateException.class);
    }
    LockGrant beside = stock(second).read().tryAcquire(PATIENCE).orElseThrow();
    assertThat(beside.token()).isGreaterThan(one);
    assertThat(reading.tryUpgrade()).isEmpty();
    beside.close();
    LockGrant again = reading.tryUpgrade(PATIENCE).orElseThrow();
    assertThat(again.token()).isGreaterThan(beside.token());
    reading.close();

    assertThat(again.isHeld()).isFalse();
    assertThat(again.state()).isEqualTo(GrantState.RELEASED);
    assertQueue();
  }

  @Test
  void upgrade_readersThere_waitsForThemAndKeepsNewOnesOut() throws InterruptedException {
    LockGrant before = stock(second).read().acquire();
    ConvertibleGrant reading = stock(first).upgradable().acquire();
    LockGrant after = stock(second).read().acquire();
    CompletableFuture<LockGrant> writing = upgrading(reading);
    CompletableFuture<LockGrant> late = queued(stock(second).read());

    assertQueue("read", "upgradable", "read", "read", "upgrade", "read");
    assertStillWaits(writing);
    after.close();
    assertStillWaits(writing);
    assertThat(get(new Deadlocks(second).find())).isEmpty();
    before.close();

    LockGrant held = get(writing);
    assertThat(held.token()).isGreaterThan(after.token());
    assertStillWaits(late);
    held.close();
    assertThat(get(late).token()).isGreaterThan(held.token());
    assertThat(reading.isHeld()).isTrue();
    get(late).close();
    reading.close();
  }

  @Test
  void upgrade_writersWait_overtakesThemUnderASmallerToken() throws InterruptedException {
    ConvertibleGrant reading = stock(first).upgradable().acquire();
    LockGrant reader = stock(second).read().acquire();
    CompletableFuture<LockGrant> writer = queued(stock(second).write());
    reader.close();

    LockGrant one = reading.upgrade();
    one.close();
    LockGrant two = reading.tryUpgrade(PATIENCE).orElseThrow();

    assertThat(one.token()).isGreaterThan(reader.token());
    assertThat(two.token()).isGreaterThan(one.token());
    assertStillWaits(writer);
    reading.close();
    assertThat(get(writer).token()).isGreaterThan(two.token());
    get(writer).close();
    assertQueue();
  }

  /** The trap: whoever is behind one that gives up sees only readers ahead. */
  @Test
  void upgrade_writerAheadOfAReaderGivesUp_readerStaysOut() throws InterruptedException {
    ConvertibleGrant reading = stock(first).upgradable().acquire();
    CompletableFuture<LockGrant> writer = queued(stock(second).write());
    CompletableFuture<LockGrant> reader = queued(stock(second).read());
    LockGrant writing = reading.upgrade();

    writer.cancel(true);

    assertQueue("upgradable", "read", "upgrade", "read");
    assertStillWaits(reader);
    assertThat(get(new Deadlocks(second).find())).isEmpty();
    writing.close();
    assertThat(get(reader).token()).isGreaterThan(writing.token());
    assertThat(reading.isHeld()).isTrue();
    get(reader).close();
    reading.close();
  }

  /** Two places of the upgradable and a writer's were ahead; then one more is. */
  @Test
  void upgrade_readerPutBehindItInAFullQueue_isNotRefused() throws InterruptedException {
    ConvertibleGrant reading = stock(first).upgradable().acquire();
    CompletableFuture<LockGrant> writer = queued(stock(second).write());
    CompletableFuture<LockGrant> reader =
        queued(new Locks(second).lock(NAME, LockConfig.defaults().withMaxAhead(3)).read());
    CompletableFuture<LockGrant> next = queued(stock(second).write());
    LockGrant writing = reading.upgrade();

    writer.cancel(true);

    assertQueue("upgradable", "read", "write", "upgrade", "read");
    assertStillWaits(reader);
    writing.close();
    reading.close();
    get(next).close();
    get(reader).close();
  }

  @Test
  void upgrade_givenUp_leavesTheReadersHold() throws InterruptedException {
    ConvertibleGrant reading = stock(first).upgradable().acquire();
    LockGrant other = stock(second).read().acquire();
    for (int again = 0; again < 50; again++) {
      assertThat(reading.tryUpgrade()).isEmpty();
    }
    assertThat(reading.tryUpgrade(BLINK)).isEmpty();
    CompletableFuture<LockGrant> cancelled = upgrading(reading);
    cancelled.cancel(true);
    Future<LockGrant> interrupted = threads.submit(reading::upgrade);
    interrupted.cancel(true);

    assertQueue("upgradable", "read", "read");
    assertThat(reading.isHeld()).isTrue();
    stock(second).read().acquire().close();
    CompletableFuture<LockGrant> writing = upgrading(reading);
    other.close();
    get(writing).close();
    reading.close();
    assertQueue();
  }

  @Test
  void downgrade_whileWriting_letsReadersAndTheNextUpgradableIn() throws InterruptedException {
    ConvertibleGrant reading = stock(first).upgradable().acquire();
    LockGrant writing = reading.upgrade();
    CompletableFuture<ConvertibleGrant> next = queued(stock(second).upgradable());
    CompletableFuture<LockGrant> writer = queued(stock(second).write());
    assertStillWaits(next);

    get(reading.downgrade());

    assertThat(writing.isHeld()).isFalse();
    ConvertibleGrant upgradable = get(next);
    assertThat(reading.isHeld()).isTrue();
    assertThatThrownBy(reading::upgrade).isInstanceOf(IllegalStateException.class);
    CompletableFuture<LockGrant> upgrade = upgrading(upgradable);
    assertStillWaits(upgrade);
    reading.close();
    assertThat(get(upgrade).token()).isGreaterThan(writing.token());
    upgradable.close();
    get(writer).close();
    assertQueue();
  }

  @Test
  void upgrade_afterTheEnd_isRefused() throws InterruptedException {
    ConvertibleGrant released = stock(first).upgradable().tryAcquire().orElseThrow();
    released.close();
    assertThatThrownBy(released::upgrade).isInstanceOf(LockLostException.class);
    ConvertibleGrant reading = stock(first).upgradable().acquire();
    LockGrant other = stock(second).read().acquire();
    CompletableFuture<LockGrant> waiting = upgrading(reading);

    reading.close();

    assertThatThrownBy(() -> get(waiting)).hasCauseInstanceOf(LockLostException.class);
    other.close();
    assertQueue();
  }

  @Test
  void upgrade_sessionLost_isLostWithTheHold() throws InterruptedException {
    ConvertibleGrant reading = stock(first).upgradable().acquire();
    LockGrant writing = reading.upgrade();
    CompletableFuture<LockGrant> reader = queued(stock(second).read());

    crash(first);

    assertThat(get(reader).token()).isGreaterThan(writing.token());
    assertThat(writing.state()).isEqualTo(GrantState.LOST);
    get(writing.lost().toCompletableFuture());
    assertThatThrownBy(reading::upgrade).isInstanceOf(LockLostException.class);
    reading.close();
    get(reader).close();
  }

  @Test
  void upgraded_takenAwayByForce_losesAllPlaces() throws InterruptedException {
    for (String victim : List.of("upgradable", "upgrade")) {
      ConvertibleGrant reading = stock(first).upgradable().acquire();
      LockGrant writing = reading.upgrade();
      CompletableFuture<LockGrant> writer = queued(stock(second).write());
      assertQueue("upgradable", "read", "upgrade", "write");
      QueueMember taken =
          queue().stream().filter(place -> place.mode().equals(victim)).findFirst().orElseThrow();

      assertThat(get(new LockQueues(second).forceRelease(taken, "test"))).isTrue();

      assertThat(get(writer).token()).isGreaterThan(writing.token());
      get(writing.lost().toCompletableFuture());
      get(reading.lost().toCompletableFuture());
      assertThat(writing.isHeld()).isFalse();
      get(writer).close();
      reading.close();
      assertQueue();
    }
  }

  @Test
  void upgraded_overstays_isRevokedAltogether() throws InterruptedException {
    LockConfig limits = LockConfig.defaults().withMaxHold(Duration.ofMillis(500), Overstay.REVOKE);
    ConvertibleGrant reading = new Locks(first).lock(NAME, limits).upgradable().acquire();
    LockGrant writing = reading.upgrade();

    LockGrant next = stock(second).write().acquire();

    assertThat(writing.isHeld()).isFalse();
    assertThat(writing.state()).isEqualTo(GrantState.LOST);
    assertThat(next.token()).isGreaterThan(writing.token());
    next.close();
    assertQueue();
  }

  @Test
  void upgraded_crashed_keepsTheNextOneOutForTheDelay() throws InterruptedException {
    LockConfig delayed = LockConfig.defaults().withCrashDelay(BLINK);
    ConvertibleGrant reading = new Locks(first).lock(NAME, delayed).upgradable().acquire();
    LockGrant writing = reading.upgrade();
    crash(first);

    LockGrant next = new Locks(second).lock(NAME, delayed).write().acquire();

    assertThat(next.token()).isGreaterThan(writing.token());
    next.close();
    assertQueue();
  }

  /** A reader that waits for what the one that upgrades holds: they wait for each other. */
  @Test
  void upgrade_circleThroughAnotherLock_isFoundAndEndsWhenOneGivesUp() {
    CyclicBarrier meeting = new CyclicBarrier(2);
    Future<FencingToken> writer =
        threads.submit(
            () -> {
              try (LockGrant orders = new Locks(first).lock("orders").exclusive().acquire();
                  ConvertibleGrant reading = stock(first).upgradable().acquire()) {
                meeting.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                try (LockGrant writing = reading.upgrade()) {
                  orders.ensureHeld();
                  return writing.token();
                }
              }
            });
    Future<FencingToken> reader =
        threads.submit(
            () -> {
              try (LockGrant reading = stock(second).read().acquire()) {
                meeting.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                try (LockGrant orders = new Locks(second).lock("orders").exclusive().acquire()) {
                  reading.ensureHeld();
                  return orders.token();
                }
              }
            });
    Deadlocks deadlocks = new Deadlocks(first);

    await().atMost(PATIENCE).until(() -> !get(deadlocks.find()).isEmpty());

    assertThat(get(deadlocks.find()).get(0).waits())
        .extracting(wait -> wait.waiter().mode())
        .containsExactlyInAnyOrder("upgrade", "exclusive");
    reader.cancel(true);
    assertThat(get(writer)).isNotNull();
  }

  @Test
  void upgrade_manyWhoReadAndWrite_neitherLoseAnUpdateNorBlock() {
    AtomicInteger value = new AtomicInteger();
    AtomicInteger torn = new AtomicInteger();
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      NamedLock lock = stock(i % 2 == 0 ? first : second);
      boolean writes = i < 4;
      workers.add(
          threads.submit(
              () -> {
                for (int round = 0; round < 6; round++) {
                  if (writes) {
                    try (ConvertibleGrant reading = lock.upgradable().acquire()) {
                      int read = value.get();
                      try (LockGrant writing = reading.upgrade()) {
                        writing.ensureHeld();
                        value.set(read + 1);
                      }
                    }
                  } else {
                    try (LockGrant reading = lock.read().acquire()) {
                      int read = value.get();
                      reading.ensureHeld();
                      torn.addAndGet(read == value.get() ? 0 : 1);
                    }
                  }
                }
                return null;
              }));
    }
    workers.forEach(TwoClients::get);

    assertThat(value).hasValue(4 * 6);
    assertThat(torn).hasValue(0);
    assertQueue();
  }
}
