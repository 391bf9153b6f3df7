package io.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Session;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import io.holdfast.testkit.zookeeper.ServerSettings;
import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over the application's Curator client, on a real server. */
class ZooKeeperCoordinatorsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ServerSettings QUICK =
      ServerSettings.defaults().withTick(Duration.ofMillis(200));
  private static EmbeddedZooKeeper zookeeper;

  private CuratorFramework client;

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start(QUICK);
  }

  @AfterAll
  static void stop() {
    zookeeper.close();
  }

  @BeforeEach
  void connect() {
    client = client("");
  }

  private static CuratorFramework client(String chroot) {
    CuratorFramework made =
        CuratorFrameworkFactory.newClient(
            zookeeper.connectString() + chroot, 3_000, 3_000, new ExponentialBackoffRetry(50, 5));
    made.start();
    return made;
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  private Coordinator over(CuratorFramework given) {
    return ZooKeeperCoordinators.over(given, "app", CoordinatorOptions.defaults());
  }

  private static LockGrant acquire(Coordinator coordinator) throws InterruptedException {
    return new Locks(coordinator).lock("invoice").exclusive().tryAcquire(PATIENCE).orElseThrow();
  }

  @Test
  void lock_overTheClient_excludesOthersAndTokensGrow() throws Exception {
    try (Coordinator ours = over(client);
        Coordinator other =
            Coordinator.connect(zookeeper.uri("app"), CoordinatorOptions.defaults())) {
      FencingToken first;
      try (LockGrant grant = acquire(ours)) {
        first = grant.token();
        assertThat(grant.isHeld()).isTrue();
        assertThat(new Locks(other).lock("invoice").exclusive().tryAcquire(Duration.ofMillis(50)))
            .isEmpty();
      }
      try (LockGrant grant = acquire(other)) {
        assertThat(grant.token()).isGreaterThan(first);
      }
    }
  }

  @Test
  void close_whileALockIsHeld_freesItAtOnceAndLeavesTheClientOpen() throws Exception {
    client.create().creatingParentsIfNeeded().forPath("/foreign/kept");
    client.create().withMode(CreateMode.EPHEMERAL).forPath("/mine");
    long session = client.getZookeeperClient().getZooKeeper().getSessionId();
    Coordinator ours = over(client);
    LockGrant grant = acquire(ours);
    ours.session()
        .join()
        .commit(Transaction.EMPTY.putForSession(Key.of("entries", "e"), Payload.utf8("x")))
        .join();

    ours.close();

    assertThat(grant.isHeld()).isFalse();
    assertThat(client.getZookeeperClient().getZooKeeper().getEphemerals()).containsExactly("/mine");
    assertThat(client.getZookeeperClient().getZooKeeper().getSessionId()).isEqualTo(session);
    try (Coordinator next = over(client)) {
      acquire(next).close();
    }
  }

  @Test
  void chroot_closeStillDeletesWhatWasMade() throws Exception {
    client.create().orSetData().forPath("/root");
    try (CuratorFramework below = client("/root")) {
      Coordinator ours = over(below);
      acquire(ours);

      ours.close();

      assertThat(below.getZookeeperClient().getZooKeeper().getEphemerals()).isEmpty();
      assertThat(client.checkExists().forPath("/root/app")).isNotNull();
    }
  }

  @Test
  void clientsSessionExpires_isLost_andTheNextOneServes() throws Exception {
    try (Coordinator ours = over(client)) {
      Session session = ours.session().join();
      LockGrant grant = acquire(ours);

      zookeeper.expire(session.id());

      assertThat(Clients.get(grant.lost().toCompletableFuture())).isEqualTo(LossReason.EXPIRED);
      assertThat(grant.isHeld()).isFalse();
      try (LockGrant next = acquire(ours)) {
        assertThat(next.token()).isGreaterThan(grant.token());
      }
    }
  }

  @Test
  void serverRestarts_sessionAndLockSurvive() throws Exception {
    try (CuratorFramework patient =
        CuratorFrameworkFactory.newClient(
            zookeeper.connectString(), 4_000, 4_000, new ExponentialBackoffRetry(50, 5))) {
      patient.start();
      try (Coordinator ours = over(patient);
          LockGrant grant = acquire(ours)) {
        zookeeper.restart();

        await().atMost(PATIENCE).until(() -> ours.current().isPresent() && grant.isHeld());
        assertThat(ours.session().join().lost()).isNotDone();
      }
    }
  }

  @Test
  void clientIsClosedFirst_nothingIsHeldFromThen() throws Exception {
    Coordinator ours = over(client);
    LockGrant grant = acquire(ours);

    client.close();

    assertThat(grant.isHeld()).isFalse();
    ours.close();
  }

  @Test
  void viewWithAnotherNamespace_isRefused() {
    assertThatThrownBy(() -> over(client.usingNamespace("view")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the client itself");
  }
}
