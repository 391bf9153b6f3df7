package io.holdfast.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.SessionState;
import io.holdfast.election.Elections;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@HoldfastTest
final class HoldfastTestTest {

  private Coordinator mine;

  @BeforeEach
  void connect(Coordinator coordinator) {
    mine = coordinator;
  }

  /** Before anything is looked for. */
  @AfterEach
  void holdsNothing() {
    assertThat(new LockQueues(mine).names().join()).isEmpty();
  }

  @Test
  void parameters_ofOneTest_areClientsOfOneCluster(Coordinator other, TestCluster cluster)
      throws InterruptedException {
    try (LockGrant grant = new Locks(mine).lock("a").exclusive().acquire();
        Coordinator third = Coordinator.connect(cluster.uri())) {
      assertThat(new Locks(other).lock("a").exclusive().tryAcquire()).isEmpty();
      assertThat(new LockQueues(third).queue("a").join()).hasSize(1);
      assertThat(grant.isHeld()).isTrue();
    }
  }

  @Test
  void cluster_ofAnotherTest_isAnother() {
    TestCluster other = new TestCluster("other");
    assertThat(other.uri()).isNotEqualTo(new TestCluster("other").uri());
    assertThat(other.close()).isEmpty();
  }

  @Test
  void outage_isHeardAndEnds(TestCluster cluster) {
    cluster.beginOutage();
    await().atMost(Duration.ofSeconds(60)).until(() -> !isActive());
    cluster.endOutage();
    await().atMost(Duration.ofSeconds(60)).until(this::isActive);
  }

  private boolean isActive() {
    return mine.current().filter(now -> now.state() == SessionState.ACTIVE).isPresent();
  }

  @Test
  void close_whatIsLeftOpen_isTold() throws InterruptedException {
    TestCluster cluster = new TestCluster("Forgetful");
    Coordinator given = cluster.connect();
    Coordinator own = Coordinator.connect(cluster.uri());
    new Locks(given)
        .lock("a", LockConfig.defaults().withPurpose("forget it"))
        .exclusive()
        .acquireAsync()
        .join();
    new Elections(own).election("b").campaignAsync().join();
    new Registry(given).register(ServiceInstance.http("billing", "b-1", "10.0.0.7", 80));

    assertThat(cluster.close())
        .hasSize(4)
        .anyMatch(line -> line.startsWith("lock 'a' is held by Forgetful"))
        .anyMatch(line -> line.startsWith("election 'b' is held by "))
        .contains("instance billing/b-1 is registered")
        .contains("1 coordinator of its own");
    assertThat(given.current()).isEmpty();
    own.close();
  }
}
