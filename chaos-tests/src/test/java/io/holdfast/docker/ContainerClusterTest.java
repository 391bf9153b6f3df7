package io.holdfast.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.docker.ContainerCluster;
import io.holdfast.testkit.docker.DockerEngine;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs where a Docker engine answers; says so where none does. */
@Timeout(600)
final class ContainerClusterTest {

  private static final Duration AGES = Duration.ofSeconds(60);

  @BeforeAll
  static void requireDocker() throws InterruptedException {
    boolean answers = DockerEngine.answers();
    if (!answers) {
      System.out.println("SKIPPED: no Docker engine answers, so no cluster in containers");
    }
    assumeTrue(answers, "no Docker engine answers");
  }

  @Test
  void etcd_serverLost_lockGoesOn() throws Exception {
    try (ContainerCluster cluster = ContainerCluster.etcd(3)) {
      locksSurvive(cluster);
    }
  }

  @Test
  void zookeeper_serverLost_lockGoesOn() throws Exception {
    try (ContainerCluster cluster = ContainerCluster.zookeeper(3)) {
      locksSurvive(cluster);
    }
  }

  /** Each kind of loss, one server after the other, with a majority left at any time. */
  private static void locksSurvive(ContainerCluster cluster)
      throws IOException, InterruptedException {
    CoordinatorOptions options =
        CoordinatorOptions.defaults()
            .withConnectTimeout(AGES)
            .withSessionTimeout(Duration.ofSeconds(6));
    try (Coordinator coordinator = Coordinator.connect(cluster.uri("docker"), options)) {
      Locks locks = new Locks(coordinator);
      FencingToken before = cycle(locks, FencingToken.NONE);

      cluster.pause(0);
      before = cycle(locks, before);
      cluster.resume(0);

      cluster.kill(1);
      before = cycle(locks, before);
      cluster.restart(1);
      before = cycle(locks, before);

      cluster.disconnect(2);
      before = cycle(locks, before);
      cluster.reconnect(2);
      cycle(locks, before);
    }
  }

  /** As soon as two servers agree again. */
  private static FencingToken cycle(Locks locks, FencingToken before) throws InterruptedException {
    try (LockGrant grant = locks.lock("survivor").exclusive().tryAcquire(AGES).orElseThrow()) {
      assertThat(grant.token()).isGreaterThan(before);
      return grant.token();
    }
  }
}
