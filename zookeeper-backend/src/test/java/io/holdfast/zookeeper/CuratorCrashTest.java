package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.PATIENCE;
import static io.holdfast.zookeeper.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A lock of ours and Curator's mutex are one lock, also when the session of its holder ends. */
final class CuratorCrashTest {

  private static final String NAME = "till";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ServerWithCurator server = ServerWithCurator.start();
  private final EmbeddedZooKeeper zookeeper = server.zookeeper();
  private final CuratorFramework theirs = server.curator();
  private Coordinator ours;
  private InterProcessMutex mutex;

  @BeforeEach
  void connect() {
    ours =
        Coordinator.connect(
            zookeeper.uri("mixed"),
            CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(10)));
    mutex = new InterProcessMutex(theirs, get(new LockQueues(ours).nativePath(NAME)));
  }

  @AfterEach
  void disconnect() {
    threads.shutdownNow();
    ours.close();
    server.close();
  }

  private void awaitPlaces(int count) {
    await().atMost(PATIENCE).until(() -> get(new LockQueues(ours).queue(NAME)).size() == count);
  }

  @Test
  void ourHolder_sessionExpires_isLostAndCuratorHasItsTurn() throws Exception {
    LockGrant grant = new Locks(ours).lock(NAME).exclusive().acquire();
    Future<?> turn =
        threads.submit(
            () -> {
              mutex.acquire();
              return null;
            });
    awaitPlaces(2);
    assertThat(turn).isNotDone();

    zookeeper.expire(ours.current().orElseThrow().id());

    turn.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> grant.state() == GrantState.LOST);
    await().atMost(PATIENCE).until(() -> ours.current().isPresent());
    assertThat(new Locks(ours).lock(NAME).exclusive().tryAcquire()).isEmpty();
  }

  @Test
  void curatorsHolder_sessionExpires_weHaveOurTurnAndThenCurator() throws Exception {
    mutex.acquire();
    Future<LockGrant> turn = threads.submit(() -> new Locks(ours).lock(NAME).exclusive().acquire());
    awaitPlaces(2);
    assertThat(turn).isNotDone();

    zookeeper.expire("%016x".formatted(theirs.getZookeeperClient().getZooKeeper().getSessionId()));

    LockGrant grant = turn.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(grant.isHeld()).isTrue();
    InterProcessMutex other =
        new InterProcessMutex(theirs, get(new LockQueues(ours).nativePath(NAME)));
    assertThat(other.acquire(200, TimeUnit.MILLISECONDS)).isFalse();
    grant.close();
    assertThat(other.acquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }
}
