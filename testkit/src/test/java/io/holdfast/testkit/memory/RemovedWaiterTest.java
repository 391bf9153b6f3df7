package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.RemovedFromQueueException;
import io.holdfast.testkit.memory.Faults.Direction;
import io.holdfast.testkit.memory.Faults.Fate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A waiter hears that an operator took its place, and what it takes to hear it. */
final class RemovedWaiterTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private final VirtualTime time = new VirtualTime(1);
  private final MemoryCluster cluster = MemoryCluster.on(time);
  private final Coordinator waiter = client("waiter");
  private final Coordinator operator = client("operator");

  private Coordinator client(String name) {
    CoordinatorOptions options = CoordinatorOptions.defaults().withOwner(Owner.thisProcess(name));
    return Coordinator.start(cluster.client(name, options), options, name);
  }

  private <T> T done(CompletableFuture<T> future) {
    assertThat(time.runUntil(future::isDone, LONG)).isTrue();
    return future.join();
  }

  private static CompletableFuture<LockGrant> wanted(Coordinator by) {
    return new Locks(by).lock("a", LockConfig.unshared()).exclusive().acquireAsync();
  }

  private CompletableFuture<Boolean> remove(int place) {
    LockQueues queues = new LockQueues(operator);
    return queues
        .queue("a")
        .thenCompose(queue -> queues.forceRelease(queue.get(place), "deadlock"));
  }

  private static void expectRemoved(CompletableFuture<?> wait) {
    assertThatThrownBy(wait::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(RemovedFromQueueException.class)
        .hasMessageContaining("operator (")
        .hasMessageContaining("deadlock");
  }

  @Test
  void removed_holderStays_failsWithinASecond() {
    done(wanted(operator));
    CompletableFuture<LockGrant> waiting = wanted(waiter);
    time.advance(LONG);

    done(remove(1));

    assertThat(time.runUntil(waiting::isDone, AT_ONCE)).isTrue();
    expectRemoved(waiting);
  }

  /** As locks are by default: the place stands for all who wait in its process, so all fail. */
  @Test
  void removed_placeOfAProcess_failsAllWhoWaitBehindIt() {
    LockGrant holder = done(new Locks(operator).lock("a").exclusive().acquireAsync());
    CompletableFuture<LockGrant> taker = new Locks(waiter).lock("a").exclusive().acquireAsync();
    CompletableFuture<LockGrant> behind = new Locks(waiter).lock("a").exclusive().acquireAsync();
    time.advance(LONG);

    done(remove(1));

    assertThat(time.runUntil(() -> taker.isDone() && behind.isDone(), AT_ONCE)).isTrue();
    expectRemoved(taker);
    expectRemoved(behind);
    assertThat(holder.isHeld()).isTrue();
  }

  /** It learns of that from a look at the queue, before it would watch for it. */
  @Test
  void removed_andTheTurnComesBeforeItListens_failsToo() {
    LockGrant holder = done(wanted(operator));
    CompletableFuture<LockGrant> waiting = wanted(waiter);
    time.advance(Duration.ofMillis(20));
    cluster.faults((client, message) -> Fate.after(Duration.ofMillis(1)));

    CompletableFuture<Boolean> removed = remove(1);
    removed.thenRun(holder::release);

    assertThat(time.runUntil(waiting::isDone, Duration.ofMillis(200))).isTrue();
    assertThat(removed.join()).isTrue();
    expectRemoved(waiting);
  }

  @Test
  void removed_whileCutOff_failsOnceItIsBack() {
    done(wanted(operator));
    CompletableFuture<LockGrant> waiting = wanted(waiter);
    time.advance(LONG);
    cluster.cut("waiter");
    done(remove(1));
    assertThat(waiting).isNotDone();

    cluster.heal("waiter");

    assertThat(time.runUntil(waiting::isDone, LONG)).isTrue();
    expectRemoved(waiting);
  }

  /** One watch however many wait, and none when nobody does any more. */
  @Test
  void waiters_ofOneProcess_costOneWatchTogether() {
    LockGrant holder = done(wanted(operator));
    AtomicInteger watches = new AtomicInteger();
    AtomicInteger told = new AtomicInteger();
    cluster.faults(
        (client, message) -> {
          if (client.equals("waiter")) {
            boolean asked = message.direction() == Direction.REQUEST;
            watches.addAndGet(asked && message.operation().equals("watch") ? 1 : 0);
            told.addAndGet(message.operation().equals("notify") ? 1 : 0);
          }
          return Fate.ARRIVES;
        });
    List<CompletableFuture<LockGrant>> waiting =
        IntStream.range(0, 5).mapToObj(i -> wanted(waiter)).toList();
    time.advance(Duration.ofSeconds(2));
    int atWork = watches.get();
    assertThat(atWork).as("five for those ahead, and one").isLessThanOrEqualTo(6);

    waiting.forEach(each -> each.cancel(true));
    done(holder.release());
    time.advance(LONG);
    told.set(0);
    LockGrant another = done(wanted(operator));
    done(remove(0));
    time.advance(LONG);

    assertThat(told).as("told a client at rest").hasValue(0);
    assertThat(another.isHeld()).isFalse();
  }
}
