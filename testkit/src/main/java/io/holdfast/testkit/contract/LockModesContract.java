package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.Deadlocks;
import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.Acquirable;
import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.ConvertibleLock;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.NamedLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the modes of {@link DistributedLock} and several locks at once promise, likewise. */
public abstract class LockModesContract extends TwoClients {

  private static final String NAME = "stock";
  private static final String OTHER = "orders";
  private static final Duration BLINK = Duration.ofMillis(50);

  private static NamedLock readWrite(Coordinator coordinator) {
    return new Locks(coordinator).lock(NAME);
  }

  private static DistributedLock permits(Coordinator coordinator, int count) {
    return new Locks(coordinator).lock(NAME).permits(count, 4);
  }

  private static Acquirable<LockGrant> both(Coordinator coordinator, String one, String two) {
    Locks locks = new Locks(coordinator);
    return locks.all(locks.lock(one).exclusive(), locks.lock(two).exclusive());
  }

  private List<QueueMember> queue(String name) {
    return get(new LockQueues(second).queue(name));
  }

  private List<String> modes(String name) {
    return queue(name).stream().map(QueueMember::mode).toList();
  }

  /** Begins to wait, and returns once the place is taken. */
  private <G extends LockGrant> CompletableFuture<G> queued(Acquirable<G> lock) {
    FencingToken before = lastIn(NAME);
    CompletableFuture<G> waiting = lock.acquireAsync();
    await().atMost(PATIENCE).until(() -> lastIn(NAME).compareTo(before) > 0);
    return waiting;
  }

  private FencingToken lastIn(String name) {
    List<QueueMember> queue = queue(name);
    return queue.isEmpty() ? FencingToken.NONE : queue.get(queue.size() - 1).token();
  }

  /** Awaits it, since a try that came to nothing may still be on its way out. */
  private void assertQueue(String name, String... modes) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(modes(name)).containsExactly(modes));
  }

  /** A round trip of the cluster later than all that was done, and still nothing. */
  private void assertStillWaits(CompletableFuture<?> waiting) {
    for (int i = 0; i < 3; i++) {
      queue(NAME);
      get(first.current().orElseThrow().prove());
    }
    assertThat(waiting).isNotDone();
  }

  // Readers and writers.

  @Test
  void read_severalClients_holdTogether() throws InterruptedException {
    try (LockGrant one = readWrite(first).read().acquire();
        LockGrant two = readWrite(second).read().acquire();
        LockGrant three = readWrite(first).read().tryAcquire().orElseThrow()) {
      assertThat(List.of(one, two, three)).allMatch(LockGrant::isHeld);
      assertThat(two.token()).isGreaterThan(one.token());
      assertQueue(NAME, "read", "read", "read");
    }
    assertQueue(NAME);
  }

  @Test
  void write_readersAndWritersThere_waitsForAll() throws InterruptedException {
    LockGrant one = readWrite(first).read().acquire();
    LockGrant two = readWrite(second).read().acquire();
    assertThat(readWrite(second).write().tryAcquire()).isEmpty();
    CompletableFuture<LockGrant> writer = queued(readWrite(second).write());
    CompletableFuture<LockGrant> next = queued(readWrite(first).write());
    assertQueue(NAME, "read", "read", "write", "write");

    two.close();
    assertStillWaits(writer);
    one.close();

    LockGrant written = get(writer);
    assertThat(written.token()).isGreaterThan(two.token());
    assertStillWaits(next);
    written.close();
    LockGrant last = get(next);
    assertThat(last.token()).isGreaterThan(written.token());
    last.close();
  }

  @Test
  void read_behindAWaitingWriter_waitsForItsTurn() throws InterruptedException {
    LockGrant reader = readWrite(first).read().acquire();
    CompletableFuture<LockGrant> writer = queued(readWrite(second).write());
    CompletableFuture<LockGrant> late = queued(readWrite(first).read());
    CompletableFuture<LockGrant> later = queued(readWrite(second).read());
    assertThat(readWrite(first).read().tryAcquire()).isEmpty();
    assertStillWaits(late);

    reader.close();
    LockGrant written = get(writer);
    assertStillWaits(late);
    written.close();

    LockGrant one = get(late);
    LockGrant two = get(later);
    assertThat(List.of(one, two)).allMatch(LockGrant::isHeld);
    assertThat(one.token()).isGreaterThan(written.token());
    one.close();
    two.close();
  }

  @Test
  void downgrade_readersAndAWriterWaiting_readersComeInAndTheWriterStaysOut()
      throws InterruptedException {
    ConvertibleGrant grant = readWrite(first).downgradable().acquire();
    FencingToken token = grant.token();
    CompletableFuture<LockGrant> one = queued(readWrite(second).read());
    CompletableFuture<LockGrant> two = queued(readWrite(first).read());
    CompletableFuture<LockGrant> writer = queued(readWrite(second).write());
    assertThat(readWrite(second).read().tryAcquire()).isEmpty();
    assertStillWaits(one);

    get(grant.downgrade());

    LockGrant reader = get(one);
    get(two).close();
    assertQueue(NAME, "read", "read", "write");
    assertThat(reader.token()).isGreaterThan(token);
    assertThat(grant.token()).isEqualTo(token);
    get(first.current().orElseThrow().commit(grant.guard(Transaction.EMPTY)));
    reader.close();
    assertStillWaits(writer);
    assertThat(grant.isHeld()).isTrue();
    grant.close();
    assertThat(get(writer).token()).isGreaterThan(reader.token());
    get(writer).close();
    assertQueue(NAME);
  }

  @Test
  void downgrade_twiceAndAfterTheEnd_changesNothing() throws InterruptedException {
    ConvertibleGrant grant = readWrite(first).downgradable().tryAcquire().orElseThrow();
    get(grant.downgrade());
    get(grant.downgrade());
    assertQueue(NAME, "read");
    grant.close();
    get(grant.downgrade());

    assertThat(grant.state()).isEqualTo(GrantState.RELEASED);
    readWrite(second).write().acquire().close();
  }

  @Test
  void downgradable_givenUp_leavesNoPlaceBehind() throws InterruptedException {
    LockGrant reader = readWrite(first).read().acquire();
    CompletableFuture<ConvertibleGrant> waiting = queued(readWrite(second).downgradable());
    assertThat(readWrite(first).downgradable().tryAcquire(BLINK)).isEmpty();

    waiting.cancel(true);

    assertQueue(NAME, "read");
    reader.close();
  }

  @Test
  void downgradable_takenAwayByForce_losesBothPlaces() throws InterruptedException {
    ConvertibleGrant grant = readWrite(first).downgradable().acquire();
    CompletableFuture<LockGrant> writer = queued(readWrite(second).write());
    assertThat(get(new Deadlocks(second).find())).isEmpty();

    get(new LockQueues(second).forceRelease(queue(NAME).get(0), "test"));

    assertThat(get(writer).token()).isGreaterThan(grant.token());
    get(grant.lost().toCompletableFuture());
    assertThat(grant.isHeld()).isFalse();
    get(writer).close();
    grant.close();
  }

  @Test
  void downgradable_afterACrashOfTheReader_waitsOutTheDelay() throws InterruptedException {
    LockConfig delayed = LockConfig.defaults().withCrashDelay(BLINK);
    ConvertibleLock ours = new Locks(first).lock(NAME, delayed).downgradable();
    get(ours.acquire().downgrade());
    crash(first);

    ConvertibleGrant next = new Locks(second).lock(NAME, delayed).downgradable().acquire();

    get(next.downgrade());
    next.close();
    assertQueue(NAME);
  }

  @Test
  void read_writerAheadGivesUp_isAdmittedBesideTheReaders() throws InterruptedException {
    LockGrant reader = readWrite(first).read().acquire();
    CompletableFuture<LockGrant> writer = queued(readWrite(second).write());
    CompletableFuture<LockGrant> late = queued(readWrite(first).read());

    writer.cancel(true);

    get(late).close();
    assertThat(reader.isHeld()).isTrue();
    reader.close();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(queue(NAME)).isEmpty());
  }

  @Test
  void exclusive_ofTheSameName_excludesReadersAndWriters() throws InterruptedException {
    DistributedLock exclusive = new Locks(second).lock(NAME, LockConfig.unshared()).exclusive();
    try (LockGrant reader = readWrite(first).read().acquire()) {
      assertThat(exclusive.tryAcquire()).isEmpty();
      assertThat(reader.isHeld()).isTrue();
    }
    try (LockGrant alone = exclusive.acquire()) {
      assertThat(readWrite(first).read().tryAcquire()).isEmpty();
      assertThat(readWrite(first).write().tryAcquire()).isEmpty();
      assertThat(permits(first, 1).tryAcquire()).isEmpty();
      assertQueue(NAME, "exclusive");
      assertThat(alone.isHeld()).isTrue();
    }
  }

  // Semaphores.

  @Test
  void permits_whileTheyFit_areHeldTogether() throws InterruptedException {
    LockGrant three = permits(first, 3).acquire();
    assertThat(permits(second, 2).tryAcquire()).isEmpty();
    LockGrant one = permits(second, 1).tryAcquire().orElseThrow();
    assertThat(permits(first, 1).tryAcquire()).isEmpty();
    assertQueue(NAME, "permits:3", "permits:1");

    one.close();
    LockGrant again = permits(first, 1).tryAcquire(PATIENCE).orElseThrow();
    assertThat(again.token()).isGreaterThan(one.token());
    again.close();
    three.close();
    assertQueue(NAME);
  }

  @Test
  void permits_anyHolderMakesRoom_isAdmittedInOrder() throws InterruptedException {
    LockGrant a = permits(first, 1).acquire();
    LockGrant b = permits(second, 1).acquire();
    LockGrant c = permits(first, 2).acquire();
    CompletableFuture<LockGrant> two = queued(permits(second, 2));
    CompletableFuture<LockGrant> one = queued(permits(first, 1));
    CompletableFuture<LockGrant> all = queued(permits(second, 4));

    a.close();
    assertStillWaits(two);
    assertThat(one).as("light ones do not overtake").isNotDone();
    c.close();
    LockGrant granted = get(two);
    LockGrant light = get(one);
    assertStillWaits(all);
    granted.close();
    b.close();
    light.close();
    get(all).close();
    assertQueue(NAME);
  }

  @Test
  void permits_otherTotal_isNeverHeldTogether() throws InterruptedException {
    try (LockGrant one = permits(first, 1).acquire()) {
      assertThat(new Locks(second).lock(NAME).permits(1, 9).tryAcquire()).isEmpty();
      assertThat(one.isHeld()).isTrue();
    }
    new Locks(second).lock(NAME).permits(9, 9).acquire().close();
  }

  @Test
  void permits_invalid_areRefused() {
    Locks locks = new Locks(first);
    assertThatThrownBy(() -> permits(first, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> permits(first, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> permits(first, 5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> locks.lock(NAME).permits(1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> locks.lock(NAME).permits(1, 100_000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void permits_manyThreads_neverMoreThanThereAre() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int count = i % 3 + 1;
      DistributedLock lock = permits(i % 2 == 0 ? first : second, count);
      workers.add(
          threads.submit(
              () -> {
                for (int round = 0; round < 8; round++) {
                  try (LockGrant grant = lock.acquire()) {
                    most.accumulateAndGet(inside.addAndGet(count), Math::max);
                    grant.ensureHeld();
                    inside.addAndGet(-count);
                  }
                }
                return null;
              }));
    }
    workers.forEach(TwoClients::get);

    assertThat(most.get()).isBetween(1, 4);
    assertQueue(NAME);
  }

  // Several locks at once.

  @Test
  void all_mixedModes_areOneGrantWithATokenEach() throws InterruptedException {
    Locks locks = new Locks(first);
    DistributedLock exclusive = locks.lock("a", LockConfig.unshared()).exclusive();
    DistributedLock read = locks.lock("b").read();
    DistributedLock some = locks.lock("c").permits(2, 3);

    try (LockGrant grant = locks.all(exclusive, read, some).acquire();
        LockGrant reader = new Locks(second).lock("b").read().acquire();
        LockGrant rest = new Locks(second).lock("c").permits(1, 3).acquire()) {
      assertThat(grant.state()).isEqualTo(GrantState.HELD);
      assertThat(grant.names()).containsExactly(exclusive.name(), read.name(), some.name());
      assertThat(queue("a").get(0).token()).isEqualTo(grant.token());
      assertThat(reader.token()).isGreaterThan(grant.token());
      assertThat(rest.token()).isGreaterThan(grant.token());
      assertQueue("b", "read", "read");
      assertQueue("c", "permits:2", "permits:1");
    }
    assertQueue("a");
    assertQueue("b");
    assertQueue("c");
  }

  @Test
  void all_oneIsTaken_holdsNoneAndLeavesNothing() throws InterruptedException {
    try (LockGrant grant =
        new Locks(first).lock(NAME, LockConfig.unshared()).exclusive().acquire()) {
      assertThat(both(second, OTHER, NAME).tryAcquire()).isEmpty();
      assertQueue(OTHER);
      assertThat(both(second, OTHER, NAME).tryAcquire(BLINK)).isEmpty();
      assertQueue(NAME, "exclusive");
      CompletableFuture<LockGrant> cancelled = queued(both(second, OTHER, NAME));
      assertThat(queue(OTHER)).hasSize(1);
      cancelled.cancel(true);

      await().atMost(PATIENCE).untilAsserted(() -> assertThat(queue(OTHER)).isEmpty());
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(queue(NAME))
                      .extracting(QueueMember::token)
                      .containsExactly(grant.token()));
    }
    both(second, OTHER, NAME).tryAcquire(PATIENCE).orElseThrow().close();
  }

  @Test
  void all_waitsForEveryLock_oneAfterTheOther() throws InterruptedException {
    LockGrant one = new Locks(first).lock(NAME, LockConfig.unshared()).exclusive().acquire();
    LockGrant two = new Locks(first).lock(OTHER, LockConfig.unshared()).exclusive().acquire();
    CompletableFuture<LockGrant> waiting = queued(both(second, NAME, OTHER));

    one.close();
    assertStillWaits(waiting);
    two.close();

    LockGrant grant = get(waiting);
    assertThat(grant.isHeld()).isTrue();
    grant.close();
  }

  @Test
  void all_crossingOrders_doNotBlockEachOther() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Coordinator coordinator = i < 2 ? first : second;
      Acquirable<LockGrant> pair =
          i % 2 == 0 ? both(coordinator, NAME, OTHER) : both(coordinator, OTHER, NAME);
      workers.add(
          threads.submit(
              () -> {
                for (int round = 0; round < 8; round++) {
                  try (LockGrant grant = pair.acquire()) {
                    if (inside.incrementAndGet() > 1) {
                      overlaps.incrementAndGet();
                    }
                    grant.ensureHeld();
                    inside.decrementAndGet();
                  }
                }
                return null;
              }));
    }
    workers.forEach(TwoClients::get);

    assertThat(overlaps).hasValue(0);
    assertQueue(NAME);
    assertQueue(OTHER);
  }

  @Test
  void all_holderCrashes_everythingIsFree() throws InterruptedException {
    Locks locks = new Locks(first);
    LockGrant doomed = locks.all(locks.lock(NAME).exclusive(), locks.lock(OTHER).read()).acquire();
    CompletableFuture<LockGrant> one =
        queued(new Locks(second).lock(NAME, LockConfig.unshared()).exclusive());
    CompletableFuture<LockGrant> two = new Locks(second).lock(OTHER).write().acquireAsync();
    assertStillWaits(one);

    crash(first);

    LockGrant exclusive = get(one);
    LockGrant writer = get(two);
    assertThat(doomed.state()).isEqualTo(GrantState.LOST);
    assertThat(exclusive.token()).isGreaterThan(doomed.token());
    assertThat(writer.token()).isGreaterThan(doomed.token());
    doomed.close();
    exclusive.close();
    writer.close();
  }

  @Test
  void all_onePlaceTakenAway_isLostAndReleaseLeavesTheOthers() throws InterruptedException {
    LockGrant victim = both(first, OTHER, NAME).acquire();
    String path = queue(NAME).get(0).nativePath();
    Key place = Key.of("locks", NAME, path.substring(path.lastIndexOf('/') + 1));

    get(second.current().orElseThrow().commit(Transaction.EMPTY.delete(place)));

    await().atMost(PATIENCE).until(() -> victim.state() == GrantState.LOST);
    assertThat(victim.isHeld()).isFalse();
    victim.close();
    assertThat(victim.state()).isEqualTo(GrantState.LOST);
    assertQueue(OTHER);
  }

  @Test
  void all_sameNameTwiceNoneForeignOrSeveral_isRefused() {
    Locks locks = new Locks(first);
    NamedLock lock = locks.lock(NAME);
    assertThatThrownBy(() -> locks.all(lock.read(), lock.write()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(locks::all).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> locks.all(new Locks(second).lock(NAME).exclusive()))
        .isInstanceOf(IllegalArgumentException.class);
    Acquirable<LockGrant> several = locks.all(lock.read(), locks.lock(OTHER).read());
    assertThatThrownBy(() -> locks.all(several)).isInstanceOf(IllegalArgumentException.class);
  }
}
