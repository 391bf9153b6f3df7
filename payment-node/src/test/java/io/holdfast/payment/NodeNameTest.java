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
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two processes of one name. */
class NodeNameTest {

  private static final Duration SESSION = Duration.ofMillis(500);
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
    NodeName held = NodeName.take("a", lock(first), SESSION);

    assertThatThrownBy(() -> NodeName.take("a", lock(second), SESSION))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another process runs as payment node a");
    assertThat(held.taken()).isNotDone();

    held.close();
    NodeName.take("a", lock(second), SESSION).close();
  }

  @Test
  void taken_whileCutOff_endsTheOneThatWasSucceeded() throws Exception {
    NodeName held = NodeName.take("a", lock(first), SESSION);

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
    NodeName held = NodeName.take("a", lock(first), SESSION);

    memory.cut("first");
    // As long as the second can take it, the session of the first has ended.
    NodeName.take("a", lock(second), Duration.ofSeconds(30)).close();
    memory.heal("first");

    await().atMost(Duration.ofSeconds(60)).until(() -> isTaken(lock(second)));
    assertThat(held.taken()).isNotDone();
    held.close();
  }

  private static boolean isTaken(DistributedLock lock) {
    Optional<LockGrant> grant = lock.tryAcquire();
    grant.ifPresent(LockGrant::close);
    return grant.isEmpty();
  }
}
