package io.holdfast.etcd;

import static io.holdfast.etcd.Sessions.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.etcd.EtcdCluster;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A session that was given up in an outage is not in its own client's way after it. */
final class OldSessionTest {

  private static final Duration SESSION = Duration.ofSeconds(5);

  /** A leader that comes to be prolongs every lease: it would last for all of that time. */
  @Test
  void acquire_afterALongOutage_doesNotWaitForTheOldLease() throws Exception {
    try (EtcdCluster cluster = EtcdCluster.start(1);
        Coordinator coordinator =
            Coordinator.connect(
                cluster.uri("old"), CoordinatorOptions.defaults().withSessionTimeout(SESSION))) {
      Locks locks = new Locks(coordinator);
      LockGrant before = locks.lock("a", LockConfig.unshared()).exclusive().acquire();
      cluster.kill(0);
      await().atMost(PATIENCE).until(() -> before.state() == GrantState.LOST);
      long lost = System.nanoTime();
      await().atMost(PATIENCE).until(() -> System.nanoTime() - lost > SESSION.toNanos());
      cluster.startAgain(0);
      cluster.awaitServing();
      long started = System.nanoTime();

      LockGrant after =
          locks.lock("a", LockConfig.unshared()).exclusive().tryAcquire(PATIENCE).orElseThrow();

      assertThat(Duration.ofNanos(System.nanoTime() - started))
          .as("the old lease would last for %s", SESSION)
          .isLessThan(SESSION.multipliedBy(3).dividedBy(4));
      assertThat(after.token()).isGreaterThan(before.token());
    }
  }
}
