package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A session that was given up in an outage is not in its own client's way after it. */
final class OldSessionTest {

  private static final Duration SESSION = Duration.ofSeconds(6);

  /** The servers begin to count anew when they start: it would last for all of that time. */
  @Test
  void acquire_afterAnOutage_doesNotWaitForTheOldSession() throws Exception {
    try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start();
        Coordinator coordinator =
            Coordinator.connect(
                zookeeper.uri("old"), CoordinatorOptions.defaults().withSessionTimeout(SESSION))) {
      Locks locks = new Locks(coordinator);
      LockGrant before = locks.lock("a", LockConfig.unshared()).exclusive().acquire();
      zookeeper.stop();
      await().atMost(PATIENCE).until(() -> before.state() == GrantState.LOST);
      long lost = System.nanoTime();
      // Or its old handle, about to try another connection, would still be in time to close it.
      await()
          .atMost(PATIENCE)
          .until(() -> System.nanoTime() - lost > Duration.ofSeconds(3).toNanos());
      zookeeper.restart();
      long started = System.nanoTime();

      LockGrant after =
          locks.lock("a", LockConfig.unshared()).exclusive().tryAcquire(PATIENCE).orElseThrow();

      assertThat(Duration.ofNanos(System.nanoTime() - started))
          .as("the old session would last for %s", SESSION)
          .isLessThan(SESSION.multipliedBy(3).dividedBy(4));
      assertThat(after.token()).isGreaterThan(before.token());
    }
  }
}
