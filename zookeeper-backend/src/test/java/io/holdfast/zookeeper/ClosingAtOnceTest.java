package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.lock.Closing;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds that end while nothing is heard from the cluster. */
class ClosingAtOnceTest {

  /** Who waited for the cluster would wait for so long, and then know that the session is over. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @AutoClose private static final EmbeddedZooKeeper SERVER = EmbeddedZooKeeper.start();

  private static final LockConfig AT_ONCE = LockConfig.unshared().withClosing(Closing.AT_ONCE);

  static Stream<Function<Locks, DistributedLock>> kinds() {
    return Stream.of(
        locks -> locks.lock("plain", AT_ONCE).exclusive(),
        locks ->
            locks.lock("shared", LockConfig.defaults().withClosing(Closing.AT_ONCE)).exclusive(),
        locks -> locks.lock("rw", AT_ONCE).write());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void close_clusterDoesNotAnswer_returns(Function<Locks, DistributedLock> kind)
      throws InterruptedException {
    CoordinatorOptions options = CoordinatorOptions.defaults().withSessionTimeout(TIMEOUT);
    try (CuttableProxy proxy = CuttableProxy.to(SERVER.port());
        Coordinator coordinator =
            Coordinator.connect(proxy.uri("closing/" + UUID.randomUUID()), options)) {
      Locks locks = new Locks(coordinator);
      LockGrant grant = kind.apply(locks).acquire();
      Runnable letThrough = proxy.holdReplies();

      grant.close();

      assertThat(grant.state()).isEqualTo(GrantState.RELEASED);
      assertThat(grant.release()).isNotDone();
      letThrough.run();
      get(grant.release());
    }
  }
}
