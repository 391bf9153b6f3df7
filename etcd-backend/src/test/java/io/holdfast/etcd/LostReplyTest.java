package io.holdfast.etcd;

import static io.holdfast.etcd.Sessions.HELLO;
import static io.holdfast.etcd.Sessions.PATIENCE;
import static io.holdfast.etcd.Sessions.get;
import static io.holdfast.etcd.Sessions.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.etcd.EtcdCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replies and requests that get lost between a client and one server. */
class LostReplyTest {

  private static final Key QUEUE = Key.of("locks", "q");
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static EtcdCluster cluster;

  private final Sessions sessions = new Sessions();
  private FaultyProxy proxy;
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
  void startProxy() {
    proxy = new FaultyProxy(cluster.endpoints().get(0));
    namespace = "lost" + System.nanoTime();
  }

  @AfterEach
  void closeAll() {
    proxy.heal();
    sessions.close();
    proxy.close();
  }

  private Session behindProxy() {
    return sessions.open("etcd://" + proxy.endpoint() + "/" + namespace, LONG, SHORT);
  }

  private Session direct() {
    return sessions.open(cluster.uri(namespace));
  }

  private static List<Key> keys(Session session, Key directory) {
    return get(session.list(directory, Consistency.LINEARIZABLE)).entries().stream()
        .map(Entry::key)
        .toList();
  }

  private static Entry entry(Session session, Key key) {
    return get(session.list(key.parent(), Consistency.LINEARIZABLE)).entries().stream()
        .filter(entry -> entry.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void join_replyLost_takesExactlyOnePlace() {
    Session session = behindProxy();
    Session observer = direct();
    proxy.loseReplies();

    CompletableFuture<List<Place>> joining = session.join(List.of(Claim.exclusive(QUEUE)), HELLO);
    await().atMost(PATIENCE).until(() -> keys(observer, QUEUE).size() == 1);
    assertThat(joining).isNotDone();
    proxy.heal();

    Place place = get(joining).get(0);
    assertThat(keys(observer, QUEUE)).containsExactly(place.key());
    assertThat(place.isFirst()).isTrue();
    assertThat(session.state()).isNotEqualTo(SessionState.LOST);
    Place behind = join(observer, QUEUE);
    assertThat(behind.created()).isGreaterThan(place.created());
    get(session.leave(List.of(place)));
    assertThat(keys(observer, QUEUE)).containsExactly(behind.key());
  }

  @Test
  void commit_replyLost_isFoundToHaveTakenEffect() {
    Session session = behindProxy();
    Session observer = direct();
    Key key = Key.of("d", "x");
    proxy.loseReplies();

    CompletableFuture<Committed> committing = session.commit(Transaction.EMPTY.put(key, HELLO));
    await().atMost(PATIENCE).until(() -> keys(observer, Key.of("d")).contains(key));
    proxy.heal();

    assertThat(get(committing).revision()).isEqualTo(entry(observer, key).modified());
    get(session.commit(Transaction.EMPTY.delete(key)));
    assertThat(keys(observer, Key.of("d"))).isEmpty();
  }

  @Test
  void commit_requestHeldUp_arrivesLateAndIsRefused() {
    Session session =
        sessions.open(
            "etcd://" + proxy.endpoint() + "," + cluster.endpoints().get(0) + "/" + namespace,
            LONG,
            SHORT);
    Session observer = direct();
    proxy.holdRequests();

    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      commits.add(session.commit(Transaction.EMPTY.put(Key.of("d", "k" + i), HELLO)));
    }
    List<Key> held = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int index = i;
      // Those on the direct way are done at once. The second wait is for the others to be held.
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  keys(observer, Key.of("d")).contains(Key.of("d", "k" + index))
                      || proxy.held() > 0);
    }
    await().atMost(PATIENCE).until(() -> proxy.held() > 0);
    proxy.loseRequests();
    for (int i = 0; i < 8; i++) {
      try {
        get(commits.get(i));
      } catch (UnavailableException e) {
        held.add(Key.of("d", "k" + i));
      }
    }
    assertThat(held).isNotEmpty();
    assertThat(keys(observer, Key.of("d"))).doesNotContainAnyElementsOf(held);

    proxy.releaseHeld();

    await()
        .during(Duration.ofSeconds(1))
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(keys(observer, Key.of("d"))).doesNotContainAnyElementsOf(held));
  }

  /**
   * Those that came first may yet take as long as a request may take: here, beyond all patience.
   */
  @Test
  void commit_behindManyWithoutAnAnswer_isNotKeptBack() {
    Session session =
        sessions.open("etcd://" + proxy.endpoint() + "/" + namespace, LONG, Duration.ofHours(1));
    Session observer = direct();
    proxy.holdRequests();
    List<CompletableFuture<Committed>> commits =
        IntStream.range(0, 20).mapToObj(i -> put(session, "k" + i)).toList();
    await().atMost(PATIENCE).until(() -> proxy.holds("/d/k3"));
    proxy.releaseHeld();
    commits.subList(0, 4).forEach(first -> get(first));
    await().atMost(PATIENCE).until(() -> proxy.holds("/d/k19"));
    // Four were in flight; now all that had to wait for them are, together.
    proxy.loseReplies();
    proxy.releaseHeld();
    CompletableFuture<Committed> last = put(session, "last");

    await().atMost(PATIENCE).until(() -> keys(observer, Key.of("d")).contains(Key.of("d", "last")));
    assertThat(commits.get(19)).isNotDone();
    proxy.heal();

    get(last);
    assertThat(commits).allSatisfy(commit -> get(commit));
  }

  private static CompletableFuture<Committed> put(Session session, String name) {
    return session.commit(Transaction.EMPTY.put(Key.of("d", name), HELLO));
  }

  @Test
  void leave_replyLost_completesOnceGone() {
    Session session = behindProxy();
    Session observer = direct();
    Place place = join(session, QUEUE);
    proxy.loseReplies();

    CompletableFuture<Void> leaving = session.leave(List.of(place));
    await().atMost(PATIENCE).until(() -> keys(observer, QUEUE).isEmpty());
    assertThat(leaving).isNotDone();
    proxy.heal();

    get(leaving);
  }

  @Test
  void commit_noConnection_isCertainlyNotDone() {
    Session session = behindProxy();
    get(session.prove());
    proxy.refuse();
    await().atMost(PATIENCE).until(() -> !isReached(session));

    assertThatThrownBy(() -> get(session.commit(Transaction.EMPTY.put(Key.of("d", "x"), HELLO))))
        .isInstanceOf(UnavailableException.class);

    proxy.heal();
    await().atMost(PATIENCE).until(() -> isReached(session));
    assertThat(keys(session, Key.of("d"))).isEmpty();
  }

  private static boolean isReached(Session session) {
    return session.prove().handle((left, failure) -> failure == null).join();
  }

  @Test
  void watch_cutAndCompactedMeanwhile_catchesUp() {
    Session session = behindProxy();
    Session writer = direct();
    Key directory = Key.of("d");
    List<Integer> sizes = new ArrayList<>();
    get(writer.commit(Transaction.EMPTY.put(Key.of("d", "first"), HELLO)));
    session.watch(
        directory,
        snapshot -> {
          synchronized (sizes) {
            sizes.add(snapshot.entries().size());
          }
        });
    await().atMost(PATIENCE).until(() -> lastOf(sizes) == 1);

    proxy.refuse();
    long revision = 0;
    for (int i = 0; i < 10; i++) {
      revision =
          get(writer.commit(Transaction.EMPTY.put(Key.of("d", "k" + i), HELLO))).revision().value();
    }
    get(writer.commit(Transaction.EMPTY.delete(Key.of("d", "first"))));
    cluster.etcdctl("compact", Long.toString(revision));
    proxy.heal();

    await().atMost(PATIENCE).until(() -> lastOf(sizes) == 10);
    get(writer.commit(Transaction.EMPTY.put(Key.of("d", "last"), HELLO)));
    await().atMost(PATIENCE).until(() -> lastOf(sizes) == 11);
  }

  private static int lastOf(List<Integer> sizes) {
    synchronized (sizes) {
      return sizes.isEmpty() ? -1 : sizes.get(sizes.size() - 1);
    }
  }

  @Test
  void gone_cutMeanwhile_stillLearnsOfIt() {
    Session waiter = behindProxy();
    Session holder = direct();
    Place place = join(holder, QUEUE);
    CompletableFuture<Void> gone = waiter.gone(place.key());
    get(waiter.prove());
    proxy.refuse();
    get(holder.leave(List.of(place)));
    assertThat(gone).isNotDone();

    proxy.heal();

    get(gone);
  }
}
