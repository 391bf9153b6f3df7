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
import io.holdfast.spi.EventLoop;
import io.holdfast.spi.Session;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.zookeeper.internal.client.ApplicationClient;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
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

  /**
   * Observers are called by whoever tells: with a lock held, one that waits would wait for ever.
   */
  @Test
  void clientTells_whateverHappens_noLockIsHeldMeanwhile() {
    try (EventLoop loop = new EventLoop("application-client-test")) {
      ApplicationClient ours = new ApplicationClient(client, loop);
      Set<String> told = ConcurrentHashMap.newKeySet();
      loop.execute(() -> ours.open(new Told(ours, told)));
      await().atMost(PATIENCE).until(() -> told.contains("connected"));

      client.close();

      await().atMost(PATIENCE).until(() -> told.contains("expired"));
      assertThat(told).containsExactlyInAnyOrder("connected", "ending", "expired");
      ours.close();
    }
  }

  private record Told(ApplicationClient teller, Set<String> told) implements Connection.Events {
    @Override
    public void connected() {
      note("connected");
    }

    @Override
    public void disconnected() {
      note("disconnected");
    }

    @Override
    public void expired() {
      note("expired");
    }

    @Override
    public void refused() {
      note("refused");
    }

    @Override
    public void ending() {
      note("ending");
    }

    private void note(String what) {
      told.add(Thread.holdsLock(teller) ? what + " under a lock" : what);
    }
  }

  @Test
  void close_aCreationWasRefused_leavesWhatTheApplicationMadeThereSince() throws Exception {
    try (EventLoop loop = new EventLoop("application-client-test")) {
      ApplicationClient ours = new ApplicationClient(client, loop);
      Connection connection = new Connection(ours, Ids.OPEN_ACL_UNSAFE, loop);
      Set<String> told = ConcurrentHashMap.newKeySet();
      loop.execute(() -> connection.open(new Told(ours, told)));
      await().atMost(PATIENCE).until(() -> told.contains("connected"));
      Clients.get(connection.multi(List.of(ephemeral("/presence"))));
      Reply<?> refused =
          Clients.get(
              connection.multi(
                  List.of(ephemeral("/theirs"), Op.check("/none", Connection.ANY_VERSION))));
      Reply<?> refusedToo = Clients.get(connection.createInSequence("/none/theirs", Payload.EMPTY));
      assertThat(refused.isAbsent() && refusedToo.isAbsent()).isTrue();
      client.create().withMode(CreateMode.EPHEMERAL).forPath("/theirs");
      client
          .create()
          .creatingParentsIfNeeded()
          .withMode(CreateMode.EPHEMERAL)
          .forPath("/none/theirs0000000000");

      connection.close();

      assertThat(client.checkExists().forPath("/theirs")).isNotNull();
      assertThat(client.checkExists().forPath("/none/theirs0000000000")).isNotNull();
    }
  }

  private static Op ephemeral(String path) {
    return Op.create(path, new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
  }

  @Test
  void close_aLastingKeyWasReplacedForTheSession_deletesIt() throws Exception {
    Coordinator ours = over(client);
    Session session = ours.session().join();
    Key key = Key.of("entries", "replaced");
    Clients.get(session.commit(Transaction.EMPTY.put(key, Payload.utf8("lasting"))));
    Clients.get(session.commit(Transaction.EMPTY.putForSession(key, Payload.utf8("passing"))));

    ours.close();

    assertThat(client.checkExists().forPath("/app/entries/replaced")).isNull();
  }

  @Test
  void viewWithAnotherNamespace_isRefused() {
    assertThatThrownBy(() -> over(client.usingNamespace("view")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the client itself");
  }
}
