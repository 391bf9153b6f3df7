package io.holdfast.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.LossReason;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Session;
import io.holdfast.testkit.etcd.EtcdCluster;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over the application's jetcd client, on a real server. */
class EtcdCoordinatorsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static EtcdCluster cluster;

  private Client client;

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
    String host = ClusterUri.parse(cluster.uri("app")).hosts().get(0);
    client = Client.builder().endpoints("http://" + host).build();
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  private Coordinator overClient() {
    return EtcdCoordinators.over(client, "app", CoordinatorOptions.defaults());
  }

  private static LockGrant acquire(Coordinator coordinator) throws InterruptedException {
    return new Locks(coordinator).lock("invoice").exclusive().tryAcquire(PATIENCE).orElseThrow();
  }

  @Test
  void lock_overTheClient_excludesOthersAndTokensGrow() throws Exception {
    try (Coordinator ours = overClient();
        Coordinator other =
            Coordinator.connect(cluster.uri("app"), CoordinatorOptions.defaults())) {
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
    Coordinator ours = overClient();
    LockGrant grant = acquire(ours);

    ours.close();

    assertThat(grant.isHeld()).isFalse();
    ByteSequence key = ByteSequence.from("application", UTF_8);
    client.getKVClient().put(key, key).get();
    try (Coordinator next = overClient()) {
      acquire(next).close();
    }
  }

  @Test
  void leaseIsRevoked_lockIsLost_andTheNextSessionServes() throws Exception {
    try (Coordinator ours = overClient()) {
      Session session = ours.session().join();
      LockGrant grant = acquire(ours);

      client.getLeaseClient().revoke(Long.parseUnsignedLong(session.id(), 16)).get();

      assertThat(Sessions.get(grant.lost().toCompletableFuture())).isNotEqualTo(LossReason.CLOSED);
      assertThat(grant.isHeld()).isFalse();
      try (LockGrant next = acquire(ours)) {
        assertThat(next.token()).isGreaterThan(grant.token());
      }
    }
  }
}
