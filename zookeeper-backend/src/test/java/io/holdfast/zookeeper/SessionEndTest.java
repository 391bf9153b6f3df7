package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.PATIENCE;
import static io.holdfast.zookeeper.Clients.get;
import static io.holdfast.zookeeper.Clients.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Backend;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import io.holdfast.zookeeper.internal.queue.QueueNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How sessions end, and what they survive. */
class SessionEndTest {

  private static final Key QUEUE = Key.of("locks", "q");
  private static final ServerSettings QUICK =
      ServerSettings.defaults().withTick(Duration.ofMillis(200));

  private final Clients clients = new Clients();

  @AfterEach
  void disconnect() {
    clients.close();
  }

  @Test
  void expiredByTheServer_isLostForGood() {
    try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start()) {
      Session session = clients.open(zookeeper.uri("end"), Duration.ofSeconds(8));
      Session witness = clients.open(zookeeper.uri("end"), Duration.ofSeconds(8));
      join(session, QUEUE);
      Place staying = join(witness, QUEUE);
      CompletableFuture<Void> never = session.gone(staying.key());

      zookeeper.expire(session.id());

      assertThat(get(session.lost().toCompletableFuture())).isEqualTo(LossReason.EXPIRED);
      assertThat(session.state()).isEqualTo(SessionState.LOST);
      assertThat(session.remaining()).isZero();
      assertThatThrownBy(() -> get(never)).isInstanceOf(SessionLostException.class);
      assertThatThrownBy(() -> join(session, QUEUE)).isInstanceOf(SessionLostException.class);
      assertThat(get(witness.list(QUEUE, Consistency.LINEARIZABLE)).entries())
          .extracting(Entry::key)
          .containsExactly(staying.key());
    }
  }

  @Test
  void serverFrozen_lostByTheClockAndNeverBack() {
    try (ZooKeeperCluster cluster = ZooKeeperCluster.start(1, QUICK)) {
      Session session = clients.open(cluster.uri("frozen"), Duration.ofSeconds(2));
      join(session, QUEUE);

      cluster.pause(0);
      CompletableFuture<?> unanswered =
          session.commit(
              Transaction.EMPTY
                  .require(new Transaction.Absent(Key.of("d", "x")))
                  .put(Key.of("d", "x"), Payload.EMPTY));
      long frozen = System.nanoTime();

      assertThat(get(session.lost().toCompletableFuture())).isEqualTo(LossReason.DEADLINE_PASSED);
      assertThat(Duration.ofNanos(System.nanoTime() - frozen)).isGreaterThan(Duration.ofSeconds(1));
      assertThatThrownBy(() -> get(unanswered)).isInstanceOf(IndeterminateException.class);
      cluster.resume(0);
      cluster.awaitServing(0);
      assertThat(session.state()).isEqualTo(SessionState.LOST);
      Session next = clients.open(cluster.uri("frozen"), Duration.ofSeconds(2));
      await()
          .atMost(PATIENCE)
          .until(() -> get(next.list(QUEUE, Consistency.LINEARIZABLE)).entries().isEmpty());
    }
  }

  @Test
  void leaderKilled_sessionAndPlacesSurvive() {
    try (ZooKeeperCluster cluster = ZooKeeperCluster.start(3)) {
      Session session = clients.open(cluster.uri("failover"), Duration.ofSeconds(10));
      Place first = join(session, QUEUE);
      CompletableFuture<Void> gone = session.gone(first.key());

      cluster.kill(cluster.awaitLeader());

      Place second = get(session.join(List.of(Claim.exclusive(QUEUE)), Payload.EMPTY)).get(0);
      assertThat(second.ahead()).extracting(Place.Member::key).containsExactly(first.key());
      assertThat(second.created()).isGreaterThan(first.created());
      assertThat(gone).isNotDone();
      get(session.leave(List.of(first)));
      get(gone);
      assertThat(session.state()).isNotEqualTo(SessionState.LOST);
    }
  }

  @Test
  void serverRestarted_sessionGoesOn() {
    try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start()) {
      Session session = clients.open(zookeeper.uri("restart"), Duration.ofSeconds(10));
      Place place = join(session, QUEUE);

      zookeeper.restart();

      await().atMost(PATIENCE).until(() -> session.state() == SessionState.ACTIVE);
      assertThat(get(session.refresh(place)).orElseThrow().isFirst()).isTrue();
    }
  }

  @Test
  @DisplayName("Container reaping: the sequence starts again, the token still grows")
  void container_reaped_sequenceStartsAgainAndCreatedStillGrows() {
    ServerSettings reaping = QUICK.withContainerCheck(Duration.ofMillis(200));
    try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start(reaping)) {
      Session session = clients.open(zookeeper.uri("reaped"), Duration.ofSeconds(4));
      Place before = join(session, QUEUE);
      get(session.leave(List.of(before)));
      before = join(session, QUEUE);
      get(session.leave(List.of(before)));
      await()
          .atMost(PATIENCE)
          .until(
              () -> !get(session.names(Key.of("locks"), Consistency.LINEARIZABLE)).contains("q"));

      Place after = join(session, QUEUE);

      assertThat(QueueNode.parse(before.key().name()).orElseThrow().sequence())
          .isEqualTo("0000000001");
      assertThat(QueueNode.parse(after.key().name()).orElseThrow().sequence())
          .isEqualTo("0000000000");
      assertThat(after.created()).isGreaterThan(before.created());
    }
  }

  @Test
  void openSession_nobodyListens_failsInTimeAndNamesTheServers() {
    String server = "127.0.0.1:" + FreePorts.find(1).get(0);
    CoordinatorOptions options =
        CoordinatorOptions.defaults().withConnectTimeout(Duration.ofMillis(500));
    try (Backend backend =
        new ZooKeeperBackendProvider()
            .open(ClusterUri.parse("zookeeper://" + server + "/none"), options)) {
      assertThatThrownBy(() -> get(backend.openSession(options.owner())))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(server);
    }
  }
}
