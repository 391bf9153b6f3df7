package io.holdfast.etcd;

import static io.holdfast.etcd.Sessions.HELLO;
import static io.holdfast.etcd.Sessions.PATIENCE;
import static io.holdfast.etcd.Sessions.get;
import static io.holdfast.etcd.Sessions.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.StoreFullException;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.etcd.EtcdHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An etcd that has no space left, and says so of what it has done, too. */
@Timeout(120)
class FullStoreTest {

  private static final Key QUEUE = Key.of("locks", "q");
  private static final Key DIRECTORY = Key.of("d");
  private static final Key KEY = DIRECTORY.child("x");
  private static final Duration LONG = Duration.ofSeconds(60);
  private static EtcdCluster cluster;

  private final Sessions sessions = new Sessions();
  private NoSpaceProxy proxy;
  private FaultyProxy lossy;
  private String namespace = "";

  @BeforeAll
  static void startCluster() {
    cluster = EtcdCluster.start(1);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void startProxies() {
    proxy = new NoSpaceProxy(cluster.endpoints().get(0));
    lossy = new FaultyProxy(cluster.endpoints().get(0));
    namespace = "full" + System.nanoTime();
  }

  @AfterEach
  void closeAll() {
    sessions.close();
    proxy.close();
    lossy.close();
    alarm("DEACTIVATE");
  }

  private static void alarm(String action) {
    try {
      EtcdHttp.post(
          cluster.endpoints().get(0),
          "/v3/maintenance/alarm",
          "{\"action\":\"%s\",\"alarm\":\"NOSPACE\"}".formatted(action));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Session behind(String endpoint, Duration requestTimeout) {
    return sessions.open("etcd://" + endpoint + "/" + namespace, LONG, requestTimeout);
  }

  private Session direct() {
    return sessions.open(cluster.uri(namespace), LONG, Duration.ofSeconds(5));
  }

  private static List<Entry> entries(Session session, Key directory) {
    return get(session.list(directory, Consistency.LINEARIZABLE)).entries();
  }

  @Test
  void commit_doneAndAnsweredNoSpace_isFoundDone() {
    Session session = behind(proxy.endpoint(), LONG);
    Session witness = direct();
    proxy.deny("hello");

    Committed committed = get(session.commit(Transaction.EMPTY.put(KEY, HELLO)));

    assertThat(entries(witness, DIRECTORY))
        .extracting(Entry::modified)
        .containsExactly(committed.revision());
  }

  @Test
  void commits_sharedATxnAndAnsweredNoSpace_areNotSentAgain() {
    Session session = behind(proxy.endpoint(), LONG);
    Session witness = direct();
    proxy.deny("hello");
    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Key key = DIRECTORY.child("k" + i);
      commits.add(
          session.commit(Transaction.EMPTY.require(new Transaction.Absent(key)).put(key, HELLO)));
    }

    List<Revision> revisions = commits.stream().map(commit -> get(commit).revision()).toList();

    assertThat(entries(witness, DIRECTORY))
        .hasSize(100)
        .allMatch(entry -> entry.modified().equals(entry.created()))
        .allMatch(entry -> revisions.contains(entry.created()));
  }

  @Test
  void join_doneAndAnsweredNoSpace_takesExactlyOnePlace() {
    Session session = behind(proxy.endpoint(), LONG);
    Session witness = direct();
    proxy.deny("hello");

    Place place = join(session, QUEUE);

    assertThat(entries(witness, QUEUE)).extracting(Entry::created).containsExactly(place.created());
    assertThat(place.isFirst()).isTrue();
  }

  @Test
  void fullStore_takesNoMoreAndLetsGo() {
    Session session = direct();
    Place place = join(session, QUEUE);
    Place other = join(session, Key.of("locks", "other"));
    get(session.commit(Transaction.EMPTY.put(KEY, HELLO)));
    alarm("ACTIVATE");

    assertThatThrownBy(
            () -> get(session.commit(Transaction.EMPTY.put(DIRECTORY.child("y"), HELLO))))
        .isInstanceOf(StoreFullException.class)
        .hasMessageContaining("alarm disarm");
    assertThatThrownBy(() -> join(session, QUEUE)).isInstanceOf(StoreFullException.class);
    get(session.leave(List.of(place)));
    get(session.commit(Transaction.EMPTY.delete(KEY).delete(other.key())));

    assertThat(entries(session, QUEUE)).isEmpty();
    assertThat(entries(session, other.queue())).isEmpty();
    assertThat(entries(session, DIRECTORY)).isEmpty();
    session.close();
    alarm("DEACTIVATE");
    get(direct().commit(Transaction.EMPTY.put(KEY, HELLO)));
  }

  @Test
  void fullStore_replyLost_isSettledAndLeavesGoOn() {
    Session session = behind(lossy.endpoint(), Duration.ofSeconds(1));
    Session witness = direct();
    Place place = join(session, QUEUE);
    alarm("ACTIVATE");
    lossy.loseReplies();
    CompletableFuture<Void> leaving = session.leave(List.of(place));
    CompletableFuture<Committed> commit = session.commit(Transaction.EMPTY.put(KEY, HELLO));
    await().atMost(PATIENCE).until(() -> entries(witness, QUEUE).isEmpty());
    assertThat(leaving).isNotDone();
    lossy.heal();

    get(leaving);
    assertThatThrownBy(() -> get(commit)).isInstanceOf(UnavailableException.class);
    assertThat(entries(witness, DIRECTORY)).isEmpty();
  }

  @Test
  void tryAcquire_storeIsFull_saysSo() throws Exception {
    try (Coordinator coordinator = Coordinator.connect(cluster.uri(namespace))) {
      Locks locks = new Locks(coordinator);
      LockQueues queues = new LockQueues(coordinator);
      LockGrant held = locks.lock("held").exclusive().acquire();
      alarm("ACTIVATE");
      for (LockConfig options : List.of(LockConfig.defaults(), LockConfig.unshared())) {
        DistributedLock lock = locks.lock("free", options).exclusive();

        assertThatThrownBy(() -> lock.tryAcquire(Duration.ofSeconds(30)))
            .isInstanceOf(StoreFullException.class)
            .hasMessageContaining("etcd is full");
        assertThatThrownBy(lock::tryAcquire).isInstanceOf(StoreFullException.class);
        assertThatThrownBy(lock::acquire).isInstanceOf(StoreFullException.class);
      }
      CoordinatorOptions impatient =
          CoordinatorOptions.defaults().withConnectTimeout(Duration.ofSeconds(2));
      assertThatThrownBy(() -> Coordinator.connect(cluster.uri(namespace), impatient))
          .isInstanceOf(StoreFullException.class);
      held.release();
      await().atMost(PATIENCE).until(() -> queues.queue("held").join().isEmpty());
    }
  }

  /** The writes that cross the quota are those whose outcome the answer leaves open. */
  @Test
  void manyWriters_quotaIsCrossed_everyClaimIsTrue() {
    try (EtcdCluster small =
            EtcdCluster.start(EtcdCluster.Options.forTests(1).withQuota(3L << 20));
        Sessions there = new Sessions()) {
      Session witness = there.open(small.uri(namespace), LONG, Duration.ofSeconds(5));
      List<Session> writers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        writers.add(there.open(small.uri(namespace), LONG, Duration.ofSeconds(5)));
      }
      Map<Key, Object> claims = new HashMap<>();
      boolean full = false;
      for (int round = 0; !full; round++) {
        Map<Key, CompletableFuture<Committed>> commits = new HashMap<>();
        for (int i = 0; i < writers.size(); i++) {
          Key key = DIRECTORY.child("k" + round + "-" + i);
          Transaction put =
              Transaction.EMPTY
                  .require(new Transaction.Absent(key))
                  .put(key, Payload.of(new byte[8_000]));
          commits.put(key, writers.get(i).commit(put));
        }
        commits.forEach((key, commit) -> claims.put(key, claim(commit)));
        full = commits.keySet().stream().noneMatch(key -> claims.get(key) instanceof Revision);
      }

      Map<Key, Object> found = new HashMap<>();
      entries(witness, DIRECTORY).forEach(entry -> found.put(entry.key(), entry.modified()));
      claims.values().removeIf(StoreFullException.class::equals);
      assertThat(claims).isEqualTo(found);
    }
  }

  private static Object claim(CompletableFuture<Committed> commit) {
    try {
      return get(commit).revision();
    } catch (RuntimeException e) {
      return e.getClass();
    }
  }
}
