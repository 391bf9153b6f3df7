package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.Deadlocks;
import io.holdfast.admin.Deadlocks.Cycle;
import io.holdfast.admin.Deadlocks.Wait;
import io.holdfast.admin.LocalQueueMember;
import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.RemovedFromQueueException;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who waits for each other in a circle is found and named, and nobody else is. */
public abstract class DeadlockContract extends TwoClients {

  /** Takes one lock, meets the other, and wants the second. */
  private Future<?> taker(Coordinator client, String held, String wanted, CyclicBarrier meeting) {
    return threads.submit(
        () -> {
          Locks locks = new Locks(client);
          try (LockGrant one = locks.lock(held, LockConfig.unshared()).exclusive().acquire()) {
            meeting.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            try (LockGrant two = locks.lock(wanted, LockConfig.unshared()).exclusive().acquire()) {
              return one.token().compareTo(two.token());
            }
          }
        });
  }

  private List<Cycle> find() {
    return get(new Deadlocks(second).find());
  }

  @Test
  void find_twoProcessesInACircle_namesThemAndTheirLocks() {
    CyclicBarrier meeting = new CyclicBarrier(2);
    Future<?> one = taker(first, "a", "b", meeting);
    Future<?> two = taker(second, "b", "a", meeting);

    await().atMost(PATIENCE).until(() -> !find().isEmpty());

    List<Cycle> cycles = find();
    assertThat(cycles).hasSize(1);
    assertThat(cycles.get(0).waits())
        .extracting(wait -> wait.waiter().owner().orElseThrow().name() + " " + wait.lock())
        .containsExactlyInAnyOrder("first b", "second a");
    Wait victim = cycles.get(0).waits().get(0);
    assertThat(victim.inTheWay()).hasSize(1);
    assertThat(get(new LockQueues(first).forceRelease(victim.inTheWay().get(0), "deadlock")))
        .isTrue();
    get(one);
    get(two);
    assertThat(find()).isEmpty();
  }

  /** Whose wait was ended lets go of what it holds, and the other goes on. */
  @Test
  void forceRelease_waiterOfACircle_breaksItForGood() {
    CyclicBarrier meeting = new CyclicBarrier(2);
    Future<?> one = taker(first, "a", "b", meeting);
    Future<?> two = taker(second, "b", "a", meeting);
    await().atMost(PATIENCE).until(() -> !find().isEmpty());
    QueueMember victim = find().get(0).waits().get(0).waiter();

    assertThat(get(new LockQueues(first).forceRelease(victim, "deadlock"))).isTrue();

    boolean firstWas = victim.owner().orElseThrow().name().equals("first");
    Future<?> removed = firstWas ? one : two;
    Future<?> other = firstWas ? two : one;
    assertThatThrownBy(() -> get(removed))
        .rootCause()
        .isInstanceOf(RemovedFromQueueException.class)
        .hasMessageContaining("deadlock");
    get(other);
    assertThat(find()).isEmpty();
  }

  @Test
  void find_threadWaitsForItself_isACycleOfOne() {
    Future<?> lonely = taker(first, "a", "a", new CyclicBarrier(1));

    await().atMost(PATIENCE).until(() -> !find().isEmpty());

    List<Cycle> cycles = find();
    assertThat(cycles).hasSize(1);
    assertThat(cycles.get(0).waits()).hasSize(1);
    lonely.cancel(true);
    await().atMost(PATIENCE).until(() -> find().isEmpty());
  }

  /** The front of b waits for a, whose holder waits for nothing. */
  @Test
  void find_longQueuesWithoutACircle_isEmpty() throws InterruptedException {
    LockGrant a = new Locks(first).lock("a", LockConfig.unshared()).exclusive().acquire();
    Future<?> chain = taker(second, "b", "a", new CyclicBarrier(1));
    await().atMost(PATIENCE).until(() -> get(new LockQueues(first).queue("a")).size() == 2);
    CompletableFuture<LockGrant> behind =
        new Locks(first).lock("b", LockConfig.unshared()).exclusive().acquireAsync();
    await().atMost(PATIENCE).until(() -> get(new LockQueues(first).queue("b")).size() == 2);

    assertThat(find()).isEmpty();

    a.close();
    get(chain);
    get(behind).close();
  }

  /** A circle through permits of which others may give one back is none. */
  @Test
  void find_permitsThatAnotherMayGiveBack_isEmpty() throws InterruptedException {
    LockGrant free = new Locks(second).lock("pool").permits(1, 2).acquire();
    Future<?> crossing =
        threads.submit(
            () -> {
              Locks locks = new Locks(first);
              try (LockGrant one = locks.lock("pool").permits(1, 2).acquire();
                  LockGrant two = locks.lock("pool").permits(1, 2).acquire()) {
                return one.token().compareTo(two.token());
              }
            });
    await().atMost(PATIENCE).until(() -> get(new LockQueues(first).queue("pool")).size() == 3);

    assertThat(find()).isEmpty();

    free.close();
    get(crossing);
  }

  /**
   * One waits behind another of its process, that one for another process, and that for the first.
   */
  @Test
  void find_circleThroughWaitersOfOneProcess_isSeenFromEverywhere() throws Exception {
    CyclicBarrier meeting = new CyclicBarrier(3);
    List<Future<?>> all =
        List.of(
            crosser(
                first,
                shared(first, "a"),
                new Locks(first).lock("b", LockConfig.unshared()).exclusive(),
                meeting),
            crosser(
                second,
                new Locks(second).lock("b", LockConfig.unshared()).exclusive(),
                new Locks(second).lock("c", LockConfig.unshared()).exclusive(),
                meeting),
            crosser(
                first,
                new Locks(first).lock("c", LockConfig.unshared()).exclusive(),
                shared(first, "a"),
                meeting));

    for (Coordinator from : List.of(first, second)) {
      await().atMost(PATIENCE).until(() -> !get(new Deadlocks(from).find()).isEmpty());

      List<Cycle> cycles = get(new Deadlocks(from).find());
      assertThat(cycles).singleElement().matches(Cycle::isCertain);
      assertThat(cycles.get(0).waits())
          .extracting(wait -> wait.waiter().owner().orElseThrow().name() + " " + wait.lock())
          .containsExactlyInAnyOrder("first b", "second c", "first a");
    }
    assertThat(get(new LockQueues(second).queue("a")))
        .singleElement()
        .matches(QueueMember::isShared)
        .extracting(QueueMember::position)
        .isEqualTo(0);
    List<LocalQueueMember> local = new LockQueues(first).localQueue("a");
    assertThat(local).hasSize(2);
    assertThat(local.get(1).age()).isPositive();
    assertThat(new LockQueues(second).localQueue("a")).isEmpty();
    all.get(2).cancel(true);
    get(all.get(1));
    get(all.get(0));
    assertThat(new LockQueues(first).localQueue("a")).isEmpty();
  }

  /**
   * Each of two processes has one who waits, behind another of its own, for a lock of the other.
   */
  @Test
  void find_circleThroughWaitersOfTwoProcesses_isSeenFromAThird() throws Exception {
    CyclicBarrier meeting = new CyclicBarrier(4);
    List<Future<?>> all =
        List.of(
            crosser(first, shared(first, "a"), shared(first, "x"), meeting),
            crosser(
                first,
                shared(first, "x"),
                new Locks(first).lock("b", LockConfig.unshared()).exclusive(),
                meeting),
            crosser(second, shared(second, "b"), shared(second, "y"), meeting),
            crosser(
                second,
                shared(second, "y"),
                new Locks(second).lock("a", LockConfig.unshared()).exclusive(),
                meeting));
    Coordinator third = owned(connect(namespace(), options("third")));

    await().atMost(PATIENCE).until(() -> !get(new Deadlocks(third).find()).isEmpty());

    List<Cycle> cycles = get(new Deadlocks(third).find());
    assertThat(cycles).singleElement().matches(Cycle::isCertain);
    assertThat(cycles.get(0).waits())
        .extracting(wait -> wait.waiter().owner().orElseThrow().name() + " " + wait.lock())
        .containsExactlyInAnyOrder("first x", "first b", "second y", "second a");
    all.get(3).cancel(true);
    for (Future<?> other : all.subList(0, 3)) {
      get(other);
    }
    assertThat(get(new Deadlocks(third).find())).isEmpty();
    Session session = third.current().orElseThrow();
    for (String left : List.of("questions", "answers")) {
      await().atMost(PATIENCE).until(() -> keysBelow(session, Key.of(left)).isEmpty());
    }
  }

  /** All keys below a directory of directories, or of keys. */
  private static List<Key> keysBelow(Session session, Key directory) {
    List<Key> keys = new ArrayList<>();
    get(session.list(directory, Consistency.LINEARIZABLE))
        .entries()
        .forEach(entry -> keys.add(entry.key()));
    for (String name : get(session.names(directory, Consistency.LINEARIZABLE))) {
      get(session.list(directory.child(name), Consistency.LINEARIZABLE))
          .entries()
          .forEach(entry -> keys.add(entry.key()));
    }
    return keys;
  }

  /** It has the place in a session that nobody answers for. */
  @Test
  void find_circleThroughASharedPlaceOfAProcessThatDoesNotAnswer_isNotCertain() {
    Session silent = first.current().orElseThrow();
    Owner taker =
        Owner.thisProcess("silent")
            .with(Map.of("session", silent.id(), "party", "thread-1", "shared", "unknown"));
    for (String lock : List.of("a", "b")) {
      get(silent.join(List.of(exclusive(lock)), taker.encode()));
      get(silent.join(List.of(exclusive(lock)), taker.encode()));
    }

    List<Cycle> cycles = find();

    assertThat(cycles).isNotEmpty().noneMatch(Cycle::isCertain);
  }

  private static Claim exclusive(String lock) {
    return Claim.exclusive(Key.of("locks", lock));
  }

  /** Who took a shared place and has handed it on does not hold it, as their process knows. */
  @Test
  void find_placeHandedOnByWhoNowWaits_isNoCircle() throws Exception {
    LockGrant taken = shared(first, "a").acquire();
    Future<LockGrant> next = threads.submit(() -> shared(first, "a").acquire());
    await().atMost(PATIENCE).until(() -> new LockQueues(first).localQueue("a").size() == 2);
    taken.close();
    LockGrant handedOn = get(next);
    Future<?> other = taker(second, "c", "a", new CyclicBarrier(1));
    await().atMost(PATIENCE).until(() -> get(new LockQueues(second).queue("a")).size() == 2);
    Future<List<List<Cycle>>> found =
        threads.submit(
            () -> {
              await()
                  .atMost(PATIENCE)
                  .until(() -> get(new LockQueues(second).queue("c")).size() == 2);
              List<List<Cycle>> seen = List.of(get(new Deadlocks(first).find()), find());
              handedOn.close();
              return seen;
            });

    // In the thread that took the place, while another of its process has it.
    new Locks(first).lock("c", LockConfig.unshared()).exclusive().acquire().close();

    assertThat(get(found).get(0)).as("in that process").isEmpty();
    assertThat(get(found).get(1)).as("elsewhere").isEmpty();
    get(other);
  }

  private static DistributedLock shared(Coordinator client, String name) {
    return new Locks(client)
        .lock(name, LockConfig.defaults().withHandOver(9, PATIENCE.multipliedBy(10)))
        .exclusive();
  }

  private Future<?> crosser(
      Coordinator client, DistributedLock held, DistributedLock wanted, CyclicBarrier meeting) {
    return threads.submit(
        () -> {
          try (LockGrant one = held.acquire()) {
            meeting.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            try (LockGrant two = wanted.acquire()) {
              return client.options().owner() + ": " + one + two;
            }
          }
        });
  }
}
