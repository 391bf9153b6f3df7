package io.holdfast.etcd;

import static io.holdfast.etcd.Sessions.HELLO;
import static io.holdfast.etcd.Sessions.PATIENCE;
import static io.holdfast.etcd.Sessions.get;
import static io.holdfast.etcd.Sessions.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.etcd.EtcdCluster;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Places that stand in etcd, one after the other, under one name. */
class NamesUsedAgainTest {

  private static final Key QUEUE = Key.of("locks", "q");
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static EtcdCluster cluster;

  private final Sessions sessions = new Sessions();
  private @Nullable FaultyProxy proxy;
  private final String namespace = "names" + System.nanoTime();

  @BeforeAll
  static void startCluster() {
    cluster = EtcdCluster.start(1);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @AfterEach
  void closeAll() {
    sessions.close();
    if (proxy != null) {
      proxy.close();
    }
  }

  private static List<Key> keys(Session session) {
    return get(session.list(QUEUE, Consistency.LINEARIZABLE)).entries().stream()
        .map(Entry::key)
        .toList();
  }

  /** Each name that was ever used costs every listing of the queue until etcd is compacted. */
  @Test
  void join_andLeaveManyTimes_usesNoMoreNamesThanStoodAtOnce() {
    Session session = sessions.open(cluster.uri(namespace));
    Set<String> names = new HashSet<>();
    Set<Key> keys = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      Place one = join(session, QUEUE);
      Place other = join(session, QUEUE);
      for (Place place : List.of(one, other)) {
        names.add(session.nativePath(place.key()));
        keys.add(place.key());
      }
      get(session.leave(i % 2 == 0 ? List.of(one, other) : List.of(other, one)));
    }

    assertThat(names).hasSize(2);
    assertThat(keys).hasSize(200);
  }

  @Test
  void join_refused_leavesItsNameToTheNext() {
    Session session = sessions.open(cluster.uri(namespace));
    List<Claim> claims = List.of(Claim.exclusive(QUEUE));
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      assertThat(session.join(claims, List.of(Key.of("d", "missing")), HELLO))
          .failsWithin(PATIENCE);
      Place place = join(session, QUEUE);
      names.add(session.nativePath(place.key()));
      get(session.leave(List.of(place)));
    }

    assertThat(names).hasSize(1);
  }

  @Test
  void commit_putsAPlace_hitsThatPlaceOnly() {
    Session session = sessions.open(cluster.uri(namespace));
    Place before = join(session, QUEUE);
    get(session.leave(List.of(before)));
    Place now = join(session, QUEUE);

    get(session.commit(Transaction.EMPTY.putForSession(before.key(), Payload.utf8("late"))));
    assertThat(payloads(session)).containsExactly(HELLO);

    get(session.commit(Transaction.EMPTY.putForSession(now.key(), Payload.utf8("news"))));
    assertThat(payloads(session)).containsExactly(Payload.utf8("news"));
    assertThat(keys(session)).containsExactly(now.key());
  }

  private static List<Payload> payloads(Session session) {
    return get(session.list(QUEUE, Consistency.LINEARIZABLE)).entries().stream()
        .map(Entry::payload)
        .toList();
  }

  /** The answer to the leave is lost, and so it may not have happened yet. */
  @Test
  void join_whileALeaveIsNotAnswered_takesAnotherName() {
    proxy = new FaultyProxy(cluster.endpoints().get(0));
    Session session = sessions.open("etcd://" + proxy.endpoint() + "/" + namespace, LONG, SHORT);
    Session observer = sessions.open(cluster.uri(namespace));
    Place before = join(session, QUEUE);
    proxy.loseReplies();
    CompletableFuture<Void> leaving = session.leave(List.of(before));
    await().atMost(PATIENCE).until(() -> keys(observer).isEmpty());

    CompletableFuture<List<Place>> joining = session.join(List.of(Claim.exclusive(QUEUE)), HELLO);
    await().atMost(PATIENCE).until(() -> keys(observer).size() == 1);
    assertThat(leaving).isNotDone();
    proxy.heal();

    Place now = get(joining).get(0);
    get(leaving);
    assertThat(session.nativePath(now.key())).isNotEqualTo(session.nativePath(before.key()));
    assertThat(keys(observer)).containsExactly(now.key());
    Place third = join(session, QUEUE);
    assertThat(session.nativePath(third.key())).isEqualTo(session.nativePath(before.key()));
    assertThat(third.ahead()).extracting(Place.Member::key).containsExactly(now.key());
  }

  /** etcd's own lock has one name for all that one session does. */
  @Test
  void gone_foreignLockTakenAgainUnderItsName_isNotWaitedFor() throws Exception {
    Session session = sessions.open(cluster.uri(namespace));
    Session foreign = sessions.open(cluster.uri(namespace));
    String name = session.nativePath(QUEUE) + "/" + foreign.id();
    cluster.etcdctl("put", "--lease=" + foreign.id(), name, "");
    Place place = join(session, QUEUE);
    Key ahead = place.ahead().get(0).key();

    cluster.etcdctl("del", name);
    cluster.etcdctl("put", "--lease=" + foreign.id(), name, "");

    get(session.gone(ahead));
    assertThat(get(session.refresh(place)).orElseThrow().isFirst()).isTrue();
    assertThat(keys(session)).hasSize(2);
  }
}
