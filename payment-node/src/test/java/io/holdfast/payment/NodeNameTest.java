package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.memory.MemoryCluster;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two processes of one name. */
class NodeNameTest {

  private static final Duration SESSION = Duration.ofMillis(500);
  private static final Duration PATIENCE = SESSION.multipliedBy(2);
  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults().withSessionTimeout(SESSION);

  private final MemoryCluster memory = MemoryCluster.onRealTime();
  private final Coordinator first = connect("first");
  private final Coordinator second = connect("second");

  private Coordinator connect(String client) {
    return Coordinator.connect(memory.client(client, OPTIONS), OPTIONS, "memory");
  }

  private static DistributedLock lock(Coordinator coordinator) {
    return new Locks(coordinator).lock("node-a", LockConfig.unshared()).exclusive();
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
    memory.close();
  }

  @Test
  void take_anotherHasIt_isRefusedAndSaysSo() throws Exception {
    NodeName held = NodeName.take("a", lock(first), PATIENCE);

    assertThatThrownBy(() -> NodeName.take("a", lock(second), PATIENCE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another process runs as payment node a");
    assertThat(held.taken()).isNotDone();

    held.close();
    NodeName.take("a", lock(second), PATIENCE).close();
  }

  @Test
  void taken_whileCutOff_endsTheOneThatWasSucceeded() throws Exception {
    NodeName held = NodeName.take("a", lock(first), PATIENCE);

    memory.cut("first");
    // Waits until the session of the first has ended: with patience of its own.
    NodeName successor = NodeName.take("a", lock(second), Duration.ofSeconds(30));
    assertThat(held.taken()).as("it cannot know yet").isNotDone();
    memory.heal("first");

    held.taken().get(60, TimeUnit.SECONDS);
    assertThat(successor.taken()).isNotDone();
    held.close();
    successor.close();
  }

  @Test
  void taken_outageWithoutASuccessor_isTakenAgain() throws Exception {
    NodeName held = NodeName.take("a", lock(first), PATIENCE);

    memory.cut("first");
    // As long as the second can take it, the session of the first has ended.
    NodeName.take("a", lock(second), Duration.ofSeconds(30)).close();
    memory.heal("first");

    await().atMost(Duration.ofSeconds(60)).until(() -> isTaken(lock(second)));
    assertThat(held.taken()).isNotDone();
    held.close();
  }

  /**
   * It may stand still after a refusal, and what was refused may be free by the time it goes on.
   */
  @Test
  void taken_refusedOnceAndThenStoodStill_asksAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    LockGrant lost = grant(CompletableFuture.completedFuture(null));
    LockGrant kept = grant(new CompletableFuture<>());
    DistributedLock lock =
        fake(
            DistributedLock.class,
            (proxy, method, arguments) -> {
              if (arguments != null) {
                return Optional.of(lost);
              }
              return asked.incrementAndGet() == 1 ? Optional.empty() : Optional.of(kept);
            });

    NodeName held = NodeName.take("a", lock, Duration.ofNanos(1));

    await().atMost(Duration.ofSeconds(60)).until(() -> asked.get() == 2 || held.taken().isDone());
    assertThat(held.taken()).isNotDone();
    held.close();
  }

  private static LockGrant grant(CompletableFuture<?> lost) {
    return fake(
        LockGrant.class,
        (proxy, method, arguments) -> method.getName().equals("lost") ? lost : null);
  }

  private static <T> T fake(Class<T> type, InvocationHandler calls) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
  }

  @Test
  void taken_closesItThereAndThen_isNotInterrupted() throws Exception {
    NodeName held = NodeName.take("a", lock(first), PATIENCE);
    CompletableFuture<Boolean> interrupted =
        held.taken()
            .thenApply(
                none -> {
                  try {
                    held.close();
                    return Thread.currentThread().isInterrupted();
                  } catch (InterruptedException e) {
                    return true;
                  }
                });

    memory.cut("first");
    NodeName successor = NodeName.take("a", lock(second), Duration.ofSeconds(30));
    memory.heal("first");

    assertThat(interrupted.get(60, TimeUnit.SECONDS)).isFalse();
    successor.close();
  }

  @Test
  void patience_sessionShorterThanTheClusterGrants_isThatOfTheCluster() {
    assertThat(NodeName.patience(Duration.ofSeconds(1))).isGreaterThan(Duration.ofSeconds(8));
    assertThat(NodeName.patience(Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(60));
  }

  private static boolean isTaken(DistributedLock lock) {
    Optional<LockGrant> grant = lock.tryAcquire();
    grant.ifPresent(LockGrant::close);
    return grant.isEmpty();
  }
}
