package io.holdfast.etcd;

import static io.holdfast.etcd.Sessions.HELLO;
import static io.holdfast.etcd.Sessions.PATIENCE;
import static io.holdfast.etcd.Sessions.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.etcd.EtcdCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many writes at once, which share Txns and nothing else. */
class GroupCommitTest {

  private static final int MANY = 200;
  private static final Key DIRECTORY = Key.of("d");
  private static final Transaction.Exists MISSING = new Transaction.Exists(DIRECTORY.child("no"));
  private static EtcdCluster cluster;

  private final Sessions sessions = new Sessions();
  private FaultyProxy proxy;
  private Session session;
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
    proxy = new FaultyProxy(cluster.endpoints().get(0));
    String namespace = "group" + System.nanoTime();
    session =
        sessions.open(
            "etcd://" + proxy.endpoint() + "/" + namespace,
            Duration.ofSeconds(60),
            Duration.ofSeconds(2));
    witness = sessions.open(cluster.uri(namespace));
  }

  @AfterEach
  void closeAll() {
    proxy.heal();
    sessions.close();
    proxy.close();
  }

  private static Transaction put(int i) {
    Key key = DIRECTORY.child("k" + i);
    return Transaction.EMPTY.require(new Transaction.Absent(key)).put(key, HELLO);
  }

  private List<String> names() {
    return get(witness.names(DIRECTORY, Consistency.LINEARIZABLE));
  }

  @Test
  void commits_manyAtOnce_shareRevisions() {
    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      commits.add(session.commit(put(i)));
    }

    List<Revision> revisions = commits.stream().map(commit -> get(commit).revision()).toList();

    assertThat(revisions.stream().distinct().count()).isLessThan(MANY / 4);
    assertThat(names()).hasSize(MANY);
  }

  /** As every decision of a coordinator is guarded by the same key. */
  @Test
  void commits_guardedByOneKey_shareRevisions() {
    Key epoch = Key.of("epochs", "1");
    get(session.commit(Transaction.EMPTY.put(epoch, HELLO)));
    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      commits.add(session.commit(put(i).require(new Transaction.Exists(epoch))));
    }

    List<Revision> revisions = commits.stream().map(commit -> get(commit).revision()).toList();

    assertThat(revisions.stream().distinct().count()).isLessThan(MANY / 4);
  }

  @Test
  void commits_oneTooLarge_failsAlone() {
    Transaction tooLarge =
        Transaction.EMPTY.put(DIRECTORY.child("large"), Payload.of(new byte[1_700_000]));
    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      commits.add(session.commit(i == MANY / 2 ? tooLarge : put(i)));
    }

    for (int i = 0; i < MANY; i++) {
      CompletableFuture<Committed> commit = commits.get(i);
      if (i == MANY / 2) {
        assertThatThrownBy(() -> get(commit)).isInstanceOf(UnavailableException.class);
      } else {
        get(commit);
      }
    }
    assertThat(names()).hasSize(MANY - 1).doesNotContain("large");
  }

  @Test
  void joins_ofSixtyFourQueues_goWithOthers() {
    List<CompletableFuture<List<Place>>> joins = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      List<Claim> claims = new ArrayList<>();
      for (int queue = 0; queue < (i % 2 == 0 ? 64 : 1); queue++) {
        claims.add(Claim.exclusive(Key.of("locks", i + "-" + queue)));
      }
      joins.add(session.join(claims, HELLO));
    }

    joins.forEach(join -> assertThat(get(join)).allMatch(Place::isFirst));
    joins.forEach(join -> get(session.leave(get(join))));
  }

  @Test
  void repliesLost_manyInFlight_everyoneLearnsItsOwnOutcome() {
    List<Place> places =
        get(session.join(List.of(Claim.exclusive(Key.of("locks", "left"))), HELLO));
    get(session.commit(put(MANY)));
    proxy.loseReplies();

    List<CompletableFuture<Committed>> commits = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      commits.add(session.commit(i % 2 == 0 ? put(i) : put(i).require(MISSING)));
    }
    CompletableFuture<List<Place>> join =
        session.join(List.of(Claim.exclusive(Key.of("locks", "q"))), HELLO);
    CompletableFuture<Void> leave = session.leave(places);
    await().atMost(PATIENCE).until(() -> names().size() > 1);
    assertThat(commits).noneMatch(CompletableFuture::isDone);
    proxy.heal();

    for (int i = 0; i < MANY; i += 2) {
      assertDoneOrNot(commits.get(i), "k" + i);
      CompletableFuture<Committed> refused = commits.get(i + 1);
      assertThatThrownBy(() -> get(refused)).isNotInstanceOf(IndeterminateException.class);
      assertThat(names()).doesNotContain("k" + (i + 1));
    }
    assertThat(get(join).get(0).isFirst()).isTrue();
    get(leave);
    assertThat(get(witness.list(Key.of("locks", "left"), Consistency.LINEARIZABLE)).entries())
        .isEmpty();
  }

  private void assertDoneOrNot(CompletableFuture<Committed> commit, String name) {
    try {
      get(commit);
      assertThat(names()).contains(name);
    } catch (UnavailableException e) {
      assertThat(names()).doesNotContain(name);
    }
  }
}
