package io.holdfast.etcd;

import static io.holdfast.etcd.Sessions.HELLO;
import static io.holdfast.etcd.Sessions.PATIENCE;
import static io.holdfast.etcd.Sessions.get;
import static io.holdfast.etcd.Sessions.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.etcd.EtcdCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** How sessions end when servers stop, leases are revoked and keys are deleted. */
class SessionLossTest {

  private static final Key QUEUE = Key.of("locks", "q");
  private static final Duration SHORT = Duration.ofSeconds(3);

  private static Session shortLived(Sessions sessions, EtcdCluster cluster) {
    return sessions.open(cluster.uri("loss"), SHORT, Duration.ofSeconds(2));
  }

  @Test
  void onlyServerPaused_sessionIsSuspendedThenLostByItsDeadline() {
    try (EtcdCluster cluster = EtcdCluster.start(1);
        Sessions sessions = new Sessions()) {
      Session session = shortLived(sessions, cluster);
      List<SessionState> told = new CopyOnWriteArrayList<>();
      session.onState(told::add);
      get(session.prove());
      cluster.pause(0);
      CompletableFuture<List<Place>> joining = session.join(List.of(Claim.exclusive(QUEUE)), HELLO);
      Duration left = session.remaining();
      long start = System.nanoTime();

      LossReason reason = get(session.lost().toCompletableFuture());

      assertThat(reason).isEqualTo(LossReason.DEADLINE_PASSED);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(left.minusMillis(100), left.plusSeconds(5));
      // Why it was lost is known a moment before observers are told that it is.
      await().atMost(PATIENCE).until(() -> told.contains(SessionState.LOST));
      assertThat(told).containsExactly(SessionState.SUSPENDED, SessionState.LOST);
      assertThatThrownBy(() -> get(joining)).isInstanceOf(SessionLostException.class);
      cluster.resume(0);
      Session next = shortLived(sessions, cluster);
      await()
          .atMost(PATIENCE)
          .until(() -> get(next.list(QUEUE, Consistency.LINEARIZABLE)).entries().isEmpty());
    }
  }

  @Test
  void serverPausedForLessThanTheSession_sessionGoesOn() {
    try (EtcdCluster cluster = EtcdCluster.start(1);
        Sessions sessions = new Sessions()) {
      Session session =
          sessions.open(cluster.uri("loss"), Duration.ofSeconds(20), Duration.ofSeconds(2));
      List<SessionState> told = new CopyOnWriteArrayList<>();
      session.onState(told::add);
      cluster.pause(0);
      await().atMost(PATIENCE).until(() -> told.contains(SessionState.SUSPENDED));

      cluster.resume(0);

      await().atMost(PATIENCE).until(() -> session.state() == SessionState.ACTIVE);
      assertThat(join(session, QUEUE).isFirst()).isTrue();
      assertThat(told).doesNotContain(SessionState.LOST);
    }
  }

  @Test
  void oneOfThreePaused_sessionAndOperationsGoOn() {
    try (EtcdCluster cluster = EtcdCluster.start(3);
        Sessions sessions = new Sessions()) {
      Session session =
          sessions.open(cluster.uri("loss"), Duration.ofSeconds(10), Duration.ofSeconds(2));
      Session other =
          sessions.open(cluster.uri("loss"), Duration.ofSeconds(10), Duration.ofSeconds(2));
      Place first = join(session, QUEUE);
      cluster.pause(cluster.leader().orElseThrow());

      Place second = join(other, QUEUE);
      CompletableFuture<Void> gone = other.gone(first.key());
      get(session.leave(List.of(first)));
      get(gone);

      assertThat(get(other.refresh(second)).orElseThrow().isFirst()).isTrue();
      assertThat(session.state()).isNotEqualTo(SessionState.LOST);
      assertThat(other.state()).isNotEqualTo(SessionState.LOST);
    }
  }

  @Test
  void leaderKilled_sessionSurvivesTheElection() {
    try (EtcdCluster cluster = EtcdCluster.start(3);
        Sessions sessions = new Sessions()) {
      Session session =
          sessions.open(cluster.uri("loss"), Duration.ofSeconds(10), Duration.ofSeconds(5));
      Place place = join(session, QUEUE);
      int leader = cluster.leader().orElseThrow();

      cluster.kill(leader);

      Place second = join(session, QUEUE);
      assertThat(second.ahead()).extracting(Place.Member::key).containsExactly(place.key());
      cluster.restart(leader);
      get(session.prove());
      assertThat(session.state()).isEqualTo(SessionState.ACTIVE);
    }
  }

  @Test
  void leaseRevoked_waiterLearnsThatItsOwnSessionIsOver() {
    try (EtcdCluster cluster = EtcdCluster.start(1);
        Sessions sessions = new Sessions()) {
      Session holder = sessions.open(cluster.uri("loss"));
      Session waiter = sessions.open(cluster.uri("loss"));
      Place first = join(holder, QUEUE);
      join(waiter, QUEUE);
      CompletableFuture<Void> gone = waiter.gone(first.key());
      get(waiter.prove());

      cluster.etcdctl("lease", "revoke", waiter.id());

      assertThatThrownBy(() -> get(gone)).isInstanceOf(SessionLostException.class);
      assertThat(get(waiter.lost().toCompletableFuture())).isEqualTo(LossReason.EXPIRED);
      assertThatThrownBy(() -> get(waiter.commit(Transaction.EMPTY.put(Key.of("d", "x"), HELLO))))
          .isInstanceOf(SessionLostException.class);
      assertThat(holder.state()).isEqualTo(SessionState.ACTIVE);
    }
  }

  @Test
  void leaseExpired_waiterBehindIsWoken() {
    try (EtcdCluster cluster = EtcdCluster.start(1);
        FaultyProxy proxy = new FaultyProxy(cluster.endpoints().get(0));
        Sessions sessions = new Sessions()) {
      Session holder =
          sessions.open("etcd://" + proxy.endpoint() + "/loss", SHORT, Duration.ofSeconds(1));
      Session waiter = sessions.open(cluster.uri("loss"));
      Place first = join(holder, QUEUE);
      Place second = join(waiter, QUEUE);
      CompletableFuture<Void> gone = waiter.gone(first.key());

      proxy.refuse();

      get(gone);
      assertThat(holder.state()).isEqualTo(SessionState.LOST);
      assertThat(holder.remaining()).isZero();
      assertThat(get(waiter.refresh(second)).orElseThrow().isFirst()).isTrue();
      proxy.heal();
    }
  }

  @Test
  void presenceDeletedWithEtcdctl_sessionIsRevokedAndItsPlacesGo() {
    try (EtcdCluster cluster = EtcdCluster.start(1);
        Sessions sessions = new Sessions()) {
      Session session = sessions.open(cluster.uri("loss"));
      Session other = sessions.open(cluster.uri("loss"));
      join(session, QUEUE);

      cluster.etcdctl("del", session.nativePath(Key.of("sessions", session.id())));

      assertThat(get(session.lost().toCompletableFuture())).isEqualTo(LossReason.REVOKED);
      await()
          .atMost(PATIENCE)
          .until(() -> get(other.list(QUEUE, Consistency.LINEARIZABLE)).entries().isEmpty());
    }
  }
}
