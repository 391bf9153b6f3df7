package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.PATIENCE;
import static io.holdfast.zookeeper.Clients.get;
import static io.holdfast.zookeeper.Clients.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.NamedLock;
import io.holdfast.lock.UpgradeRefusedException;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our places and the locks of Curator's own recipes, on the same nodes. */
class CuratorInteroperationTest {

  private static final Key QUEUE = Key.of("locks", "shared");

  @AutoClose private static final ServerWithCurator SERVER = ServerWithCurator.start();

  private final Clients clients = new Clients();
  private Session session;
  private String path;

  @BeforeEach
  void connect() {
    session =
        clients.open(SERVER.zookeeper().uri("mixed/" + UUID.randomUUID()), Duration.ofSeconds(10));
    path = session.nativePath(QUEUE);
  }

  @AfterEach
  void disconnect() {
    clients.close();
  }

  private static void awaitNodes(String path, int count) {
    await()
        .atMost(PATIENCE)
        .until(() -> SERVER.curator().checkExists().forPath(path).getNumChildren() == count);
  }

  @Test
  void mutex_whileWeAreFirst_waitsForUs() throws Exception {
    Place place = join(session, QUEUE);
    InterProcessMutex mutex = new InterProcessMutex(SERVER.curator(), path);
    CompletableFuture<Void> acquired =
        CompletableFuture.runAsync(
            () -> {
              try {
                mutex.acquire();
                mutex.release();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    awaitNodes(path, 2);
    assertThat(acquired).isNotDone();

    get(session.leave(List.of(place)));

    acquired.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void mutex_onTheEncodedName_excludesAndIsExcludedByTheLock() throws Exception {
    String namespace = "mixed/" + UUID.randomUUID();
    try (Coordinator ours = Coordinator.connect(SERVER.zookeeper().uri(namespace))) {
      DistributedLock lock = new Locks(ours).lock("订单/a b\u0000%2F").exclusive();
      InterProcessMutex mutex =
          new InterProcessMutex(
              SERVER.curator(), "/" + namespace + "/locks/%E8%AE%A2%E5%8D%95%2Fa%20b%00%252F");
      try (LockGrant grant = lock.acquire()) {
        assertThat(mutex.acquire(200, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(grant.isHeld()).isTrue();
      }
      assertThat(mutex.acquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(lock.tryAcquire()).isEmpty();
      mutex.release();
      lock.tryAcquire(PATIENCE).orElseThrow().close();
    }
  }

  @Test
  void place_whileAMutexIsHeld_standsBehindIt() throws Exception {
    InterProcessMutex mutex = new InterProcessMutex(SERVER.curator(), path);
    mutex.acquire();

    Place place = join(session, QUEUE);
    assertThat(place.ahead()).extracting(Place.Member::mode).containsExactly(Claim.EXCLUSIVE);
    CompletableFuture<Void> gone = session.gone(place.ahead().get(0).key());
    get(session.prove());
    assertThat(gone).isNotDone();

    mutex.release();

    get(gone);
    assertThat(get(session.refresh(place)).orElseThrow().isFirst()).isTrue();
  }

  @Test
  void readWriteLock_heldByCurator_showsItsModes() throws Exception {
    InterProcessReadWriteLock lock = new InterProcessReadWriteLock(SERVER.curator(), path);
    lock.writeLock().acquire();
    lock.readLock().acquire();

    Place place = get(session.join(List.of(new Claim(QUEUE, "read")), Payload.EMPTY)).get(0);

    assertThat(place.ahead()).extracting(Place.Member::mode).containsExactly("write", "read");
    lock.readLock().release();
    lock.writeLock().release();
  }

  @Test
  void readWriteLock_whileWeWrite_waitsForUs() throws Exception {
    Place place = get(session.join(List.of(new Claim(QUEUE, "write")), Payload.EMPTY)).get(0);
    InterProcessReadWriteLock lock = new InterProcessReadWriteLock(SERVER.curator(), path);

    assertThat(lock.readLock().acquire(200, TimeUnit.MILLISECONDS)).isFalse();
    get(session.leave(List.of(place)));

    assertThat(lock.readLock().acquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    Place behind = get(session.join(List.of(new Claim(QUEUE, "read")), Payload.EMPTY)).get(0);
    assertThat(behind.ahead()).extracting(Place.Member::mode).containsExactly("read");
    lock.readLock().release();
  }

  @Test
  void readWriteLock_afterOurDowngrade_readsAndDoesNotWrite() throws Exception {
    List<Place> both =
        get(
            session.join(
                List.of(new Claim(QUEUE, "write"), new Claim(QUEUE, "read")), Payload.EMPTY));
    InterProcessReadWriteLock lock = new InterProcessReadWriteLock(SERVER.curator(), path);
    assertThat(lock.readLock().acquire(200, TimeUnit.MILLISECONDS)).isFalse();

    get(session.leave(both.subList(0, 1)));

    assertThat(lock.readLock().acquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    lock.readLock().release();
    assertThat(lock.writeLock().acquire(200, TimeUnit.MILLISECONDS)).isFalse();
    get(session.leave(both.subList(1, 2)));
    assertThat(lock.writeLock().acquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    lock.writeLock().release();
  }

  @Test
  void readWriteLock_whileAnUpgradableIsThere_readsAndDoesNotWrite() throws Exception {
    Place upgradable =
        get(session.join(List.of(new Claim(QUEUE, "upgradable")), Payload.EMPTY)).get(0);
    InterProcessReadWriteLock lock = new InterProcessReadWriteLock(SERVER.curator(), path);
    assertThat(lock.writeLock().acquire(200, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(lock.readLock().acquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    lock.readLock().release();

    Place upgrade = get(session.join(List.of(new Claim(QUEUE, "upgrade")), Payload.EMPTY)).get(0);

    assertThat(upgrade.ahead()).extracting(Place.Member::mode).containsExactly("upgradable");
    assertThat(lock.readLock().acquire(200, TimeUnit.MILLISECONDS)).isFalse();
    get(session.leave(List.of(upgrade)));
    assertThat(lock.readLock().acquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    lock.readLock().release();
    get(session.leave(List.of(upgradable)));
    assertThat(lock.writeLock().acquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    lock.writeLock().release();
  }

  /** It would not notice the upgrade, should the writer ahead of it give up. */
  @Test
  void upgrade_whileACuratorReaderWaitsBehindAWriter_isRefused() throws Exception {
    CoordinatorOptions options = CoordinatorOptions.defaults();
    try (Coordinator coordinator =
        Coordinator.connect(SERVER.zookeeper().uri("mixed/" + UUID.randomUUID()), options)) {
      Session ours = get(coordinator.session());
      NamedLock lock = new Locks(coordinator).lock("shared");
      String there = ours.nativePath(QUEUE);
      ConvertibleGrant reading = lock.upgradable().acquire();
      CompletableFuture<LockGrant> writer = lock.write().acquireAsync();
      awaitNodes(there, 3);
      InterProcessReadWriteLock foreign = new InterProcessReadWriteLock(SERVER.curator(), there);
      CompletableFuture<Boolean> reader =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  foreign.readLock().acquire();
                  foreign.readLock().release();
                  return true;
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      awaitNodes(there, 4);

      assertThatThrownBy(reading::upgrade).isInstanceOf(UpgradeRefusedException.class);
      assertThat(reading.isHeld()).isTrue();
      writer.cancel(true);
      assertThat(reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      LockGrant writing = reading.upgrade();

      assertThat(foreign.readLock().acquire(200, TimeUnit.MILLISECONDS)).isFalse();
      writing.close();
      reading.close();
    }
  }
}
