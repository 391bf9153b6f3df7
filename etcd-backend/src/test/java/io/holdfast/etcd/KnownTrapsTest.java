package io.holdfast.etcd;

import static io.holdfast.etcd.Sessions.PATIENCE;
import static io.holdfast.etcd.Sessions.get;
import static io.holdfast.etcd.Sessions.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.testkit.etcd.EtcdCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What has gone wrong with locks on etcd elsewhere, each under the name it is known by. */
class KnownTrapsTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(3);
  private static final Duration REQUEST = Duration.ofSeconds(1);
  private static final String NAME = "q";
  private static final Key QUEUE = Key.of("locks", NAME);
  private static EtcdCluster cluster;

  private final Sessions sessions = new Sessions();
  private final List<Coordinator> coordinators = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private FaultyProxy proxy;
  private String namespace = "";
  private Session witness;

  @BeforeAll
  static void startCluster() {
    cluster = EtcdCluster.start(1);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void connect() {
    namespace = "traps" + System.nanoTime();
    proxy = new FaultyProxy(cluster.endpoints().get(0));
    witness = sessions.open(cluster.uri(namespace));
  }

  @AfterEach
  void closeAll() {
    proxy.heal();
    threads.shutdownNow();
    coordinators.forEach(Coordinator::close);
    sessions.close();
    proxy.close();
  }

  private Coordinator connect(String uri, Duration timeout) {
    CoordinatorOptions options =
        CoordinatorOptions.defaults().withSessionTimeout(timeout).withRequestTimeout(REQUEST);
    Coordinator coordinator = Coordinator.connect(uri, options);
    coordinators.add(coordinator);
    return coordinator;
  }

  private Coordinator direct() {
    return connect(cluster.uri(namespace), LONG);
  }

  private Coordinator behindProxy(Duration timeout) {
    return connect("etcd://" + proxy.endpoint() + "/" + namespace, timeout);
  }

  private static DistributedLock lock(Coordinator coordinator) {
    return new Locks(coordinator).lock(NAME, LockConfig.unshared()).exclusive();
  }

  private List<Key> queue() {
    return get(witness.list(QUEUE, Consistency.LINEARIZABLE)).entries().stream()
        .map(Entry::key)
        .toList();
  }

  private void awaitQueue(int size) {
    await().atMost(PATIENCE).until(() -> queue().size() == size);
  }

  @Test
  @DisplayName("etcd#11456: a waiter whose lease has expired is not granted the lock")
  void acquire_leaseExpiredWhileWaiting_queuesAgainBehindTheNext() throws InterruptedException {
    LockGrant first = lock(direct()).acquire();
    CompletableFuture<LockGrant> waiter = lock(behindProxy(SHORT)).acquireAsync();
    awaitQueue(2);
    proxy.refuse();
    awaitQueue(1);
    first.close();
    LockGrant next = lock(direct()).acquire();

    proxy.heal();

    awaitQueue(2);
    get(witness.prove());
    assertThat(waiter).isNotDone();
    next.close();
    assertThat(get(waiter).token()).isGreaterThan(next.token());
    assertThat(get(waiter).isHeld()).isTrue();
  }

  @Test
  @DisplayName("etcd#11456: no place is taken under a lease that is over")
  void join_leaseRevoked_takesNoPlace() throws Exception {
    Session session = sessions.open(cluster.uri(namespace));

    cluster.etcdctl("lease", "revoke", session.id());

    assertThatThrownBy(() -> join(session, QUEUE)).isInstanceOf(SessionLostException.class);
    assertThat(queue()).isEmpty();
  }

  @Test
  @DisplayName("etcd#19597: a waiter whose lease was revoked wakes, and queues again")
  void acquire_leaseRevokedWhileWaiting_queuesAgain() throws Exception {
    LockGrant holder = lock(direct()).acquire();
    Coordinator waiting = direct();
    Session before = get(waiting.session());
    CompletableFuture<LockGrant> waiter = lock(waiting).acquireAsync();
    awaitQueue(2);
    Key place = queue().get(1);

    cluster.etcdctl("lease", "revoke", before.id());

    await().atMost(PATIENCE).until(() -> queue().size() == 2 && !queue().contains(place));
    assertThat(waiter).isNotDone();
    holder.close();
    assertThat(get(waiter).token()).isGreaterThan(holder.token());
  }

  @Test
  @DisplayName("jetcd#1305: a waiter that timed out does not get the lock later")
  void tryAcquire_timedOutWithItsReplyLost_leavesNothingBehind() throws InterruptedException {
    LockGrant holder = lock(direct()).acquire();
    DistributedLock lock = lock(behindProxy(LONG));
    assertThat(lock.tryAcquire(Duration.ofMillis(200))).isEmpty();
    awaitQueue(1);
    proxy.loseReplies();
    CompletableFuture<Optional<LockGrant>> late =
        CompletableFuture.supplyAsync(() -> tryFor(lock, Duration.ofSeconds(5)), threads);
    awaitQueue(2);
    assertThat(get(late)).isEmpty();

    proxy.heal();

    awaitQueue(1);
    holder.close();
    awaitQueue(0);
    assertThat(lock(direct()).tryAcquire()).isPresent();
  }

  private static Optional<LockGrant> tryFor(DistributedLock lock, Duration wait) {
    try {
      return lock.tryAcquire(wait);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("jetcd#291: of two waiters under one lease only one holds")
  void acquire_twiceUnderOneLease_oneWaitsForTheOther() throws InterruptedException {
    Coordinator coordinator = direct();
    LockGrant one = lock(coordinator).acquire();
    CompletableFuture<LockGrant> two = lock(coordinator).acquireAsync();
    awaitQueue(2);
    get(coordinator.session().thenCompose(Session::prove));
    assertThat(queue().stream().map(key -> key.name().split("_", -1)[0]).distinct()).hasSize(1);
    assertThat(two).isNotDone();

    one.close();

    assertThat(get(two).token()).isGreaterThan(one.token());
  }
}
