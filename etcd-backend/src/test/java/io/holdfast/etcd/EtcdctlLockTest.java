package io.holdfast.etcd;

import static io.holdfast.etcd.Sessions.PATIENCE;
import static io.holdfast.etcd.Sessions.get;
import static io.holdfast.etcd.Sessions.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.process.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real {@code etcdctl lock} and a place of ours exclude each other. */
class EtcdctlLockTest {

  private static final Duration TTL = Duration.ofSeconds(5);

  private static EtcdCluster cluster;

  private final Path folder;

  EtcdctlLockTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  static void startCluster() {
    cluster = EtcdCluster.start(1);
    assumeTrue(cluster.hasEtcdctl(), "etcdctl is not installed");
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  /** Runs {@code etcdctl lock}, which holds the lock until {@code release} appears. */
  private ServerProcess lock(Session session, Key queue, Path held, Path release) {
    List<String> command =
        cluster.etcdctlCommand(
            "lock",
            "--ttl=" + TTL.toSeconds(),
            "--",
            session.nativePath(queue),
            "sh",
            "-c",
            "touch "
                + held
                + "; while [ ! -e "
                + release
                + " ] && kill -0 $PPID; do sleep 0.05; done");
    return ServerProcess.start("etcdctl", command, folder, folder.resolve("etcdctl.log"));
  }

  @Test
  void etcdctlLock_behindOurPlace_waitsUntilWeLeave() throws Exception {
    Key queue = Key.of("locks", "ours");
    Path held = folder.resolve("held");
    Path release = folder.resolve("release");
    try (Sessions sessions = new Sessions()) {
      Session session = sessions.open(cluster.uri("interop"));
      Place place = join(session, queue);
      try (ServerProcess foreign = lock(session, queue, held, release)) {
        await()
            .atMost(PATIENCE)
            .until(() -> get(session.list(queue, Consistency.LINEARIZABLE)).entries().size() == 2);
        assertThat(held).doesNotExist();

        get(session.leave(List.of(place)));

        await().atMost(PATIENCE).until(() -> Files.exists(held));
        Files.createFile(release);
        await().atMost(PATIENCE).until(() -> !foreign.isAlive());
      }
    }
  }

  @Test
  void etcdctlLock_onTheEncodedName_excludesAndIsExcludedByTheLock() throws Exception {
    LockName name = new LockName("订单/a b%2F");
    Path held = folder.resolve("held");
    Path release = folder.resolve("release");
    try (Coordinator ours = Coordinator.connect(cluster.uri("interop-names"))) {
      DistributedLock lock = new Locks(ours).lock(name.text()).exclusive();
      LockGrant grant = lock.acquire();
      Session session = ours.current().orElseThrow();
      Key queue = Key.of("locks", "%E8%AE%A2%E5%8D%95%2Fa%20b%252F");
      try (ServerProcess foreign = lock(session, queue, held, release)) {
        await()
            .atMost(PATIENCE)
            .until(() -> get(new LockQueues(ours).queue(name.text())).size() == 2);
        assertThat(held).doesNotExist();
        grant.close();
        await().atMost(PATIENCE).until(() -> Files.exists(held));
        assertThat(lock.tryAcquire()).isEmpty();
        Files.createFile(release);
        lock.tryAcquire(PATIENCE).orElseThrow().close();
        await().atMost(PATIENCE).until(() -> !foreign.isAlive());
      }
    }
  }

  @Test
  void join_behindEtcdctlLock_standsBehindAndLearnsWhenItGoes() throws Exception {
    Key queue = Key.of("locks", "theirs");
    Path held = folder.resolve("held");
    Path release = folder.resolve("release");
    try (Sessions sessions = new Sessions()) {
      Session session = sessions.open(cluster.uri("interop"));
      try (ServerProcess foreign = lock(session, queue, held, release)) {
        await().atMost(PATIENCE).until(() -> Files.exists(held));

        Place place = join(session, queue);

        assertThat(place.ahead()).hasSize(1);
        assertThat(place.ahead().get(0).mode()).isEqualTo(Claim.EXCLUSIVE);
        Files.createFile(release);
        get(session.gone(place.ahead().get(0).key()));
        assertThat(get(session.refresh(place)).orElseThrow().isFirst()).isTrue();
        await().atMost(PATIENCE).until(() -> !foreign.isAlive());
      }
    }
  }

  @Test
  void etcdctlLock_ourHolderCrashes_hasItsTurnAndWeWaitForIt() throws Exception {
    Path held = folder.resolve("held");
    Path release = folder.resolve("release");
    try (Coordinator ours = Coordinator.connect(cluster.uri("interop-ours"))) {
      DistributedLock lock = new Locks(ours).lock("till").exclusive();
      LockGrant grant = lock.acquire();
      Session crashed = ours.current().orElseThrow();
      try (ServerProcess foreign = lock(crashed, Key.of("locks", "till"), held, release)) {
        await().atMost(PATIENCE).until(() -> get(new LockQueues(ours).queue("till")).size() == 2);
        assertThat(held).doesNotExist();

        cluster.etcdctl("lease", "revoke", crashed.id());

        await().atMost(PATIENCE).until(() -> Files.exists(held));
        await().atMost(PATIENCE).until(() -> grant.state() == GrantState.LOST);
        CompletableFuture<LockGrant> next = lock.acquireAsync();
        await().atMost(PATIENCE).until(() -> get(new LockQueues(ours).queue("till")).size() == 2);
        assertThat(next).isNotDone();
        Files.createFile(release);
        get(next).close();
        await().atMost(PATIENCE).until(() -> !foreign.isAlive());
      }
    }
  }

  @Test
  void acquire_etcdctlLockIsKilled_hasItsTurnOnceTheLeaseHasExpired() throws Exception {
    Path held = folder.resolve("held");
    try (Coordinator ours = Coordinator.connect(cluster.uri("interop-theirs"))) {
      DistributedLock lock = new Locks(ours).lock("till").exclusive();
      try (ServerProcess foreign =
          lock(
              ours.current().orElseThrow(),
              Key.of("locks", "till"),
              held,
              folder.resolve("never"))) {
        await().atMost(PATIENCE).until(() -> Files.exists(held));
        CompletableFuture<LockGrant> next = lock.acquireAsync();
        await().atMost(PATIENCE).until(() -> get(new LockQueues(ours).queue("till")).size() == 2);

        assertThat(next).isNotDone();

        foreign.kill();

        LockGrant grant = get(next);
        assertThat(get(new LockQueues(ours).queue("till"))).hasSize(1);
        grant.close();
      }
    }
  }
}
