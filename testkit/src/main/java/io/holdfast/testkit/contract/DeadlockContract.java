package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.Deadlocks;
import io.holdfast.lock.Deadlocks.Cycle;
import io.holdfast.lock.Deadlocks.Wait;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import java.util.List;
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
          try (LockGrant one = locks.exclusive(held).acquire()) {
            meeting.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            try (LockGrant two = locks.exclusive(wanted).acquire()) {
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
    assertThat(get(new Locks(first).forceRelease(victim.inTheWay().get(0), "deadlock"))).isTrue();
    get(one);
    get(two);
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
    LockGrant a = new Locks(first).exclusive("a").acquire();
    Future<?> chain = taker(second, "b", "a", new CyclicBarrier(1));
    await().atMost(PATIENCE).until(() -> get(new Locks(first).queue("a")).size() == 2);
    CompletableFuture<LockGrant> behind = new Locks(first).exclusive("b").acquireAsync();
    await().atMost(PATIENCE).until(() -> get(new Locks(first).queue("b")).size() == 2);

    assertThat(find()).isEmpty();

    a.close();
    get(chain);
    get(behind).close();
  }

  /** A circle through permits of which others may give one back is none. */
  @Test
  void find_permitsThatAnotherMayGiveBack_isEmpty() throws InterruptedException {
    LockGrant free = new Locks(second).semaphore("pool", 2).permits(1).acquire();
    Future<?> crossing =
        threads.submit(
            () -> {
              Locks locks = new Locks(first);
              try (LockGrant one = locks.semaphore("pool", 2).permits(1).acquire();
                  LockGrant two = locks.semaphore("pool", 2).permits(1).acquire()) {
                return one.token().compareTo(two.token());
              }
            });
    await().atMost(PATIENCE).until(() -> get(new Locks(first).queue("pool")).size() == 3);

    assertThat(find()).isEmpty();

    free.close();
    get(crossing);
  }
}
