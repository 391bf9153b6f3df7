package io.holdfast.cli.locks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.CommandRun;
import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.RemovedFromQueueException;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A deadlock is broken as {@code locks deadlocks --help} says, between processes, on both stores.
 */
@Timeout(180)
final class BreakDeadlockTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void deadlock_onZooKeeper_isBrokenAsTheHelpSays() throws Exception {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start()) {
      breakDeadlock(server.uri("payments"));
    }
  }

  @Test
  void deadlock_onEtcd_isBrokenAsTheHelpSays() throws Exception {
    try (EtcdCluster cluster = EtcdCluster.start(1)) {
      breakDeadlock(cluster.uri("payments"));
    }
  }

  private static void breakDeadlock(String uri) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Coordinator one = Coordinator.connect(uri);
        Coordinator two = Coordinator.connect(uri)) {
      CyclicBarrier meeting = new CyclicBarrier(2);
      List<Future<Long>> takers =
          List.of(
              threads.submit(() -> holdThenWant(new Locks(one), "a", "b", meeting)),
              threads.submit(() -> holdThenWant(new Locks(two), "b", "a", meeting)));
      await()
          .atMost(PATIENCE)
          .until(() -> CommandRun.of("locks", "deadlocks", "--connect", uri).exitCode() == 1);
      JsonNode victim =
          CommandRun.of("locks", "deadlocks", "--connect", uri, "--output", "json").json().get(0);

      CommandRun run =
          CommandRun.of(
              "locks",
              "release",
              victim.path("lock").asText(),
              "--place",
              victim.path("position").asText(),
              "--token",
              victim.path("token").asText(),
              "--reason",
              "deadlock",
              "--yes",
              "--connect",
              uri);

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(takers.stream().filter(BreakDeadlockTest::wasRemoved))
          .as("one waited in vain, the other got both")
          .hasSize(1);
      assertThat(CommandRun.of("locks", "deadlocks", "--connect", uri).exitCode()).isZero();
      assertThat(CommandRun.of("audit", "--connect", uri).out()).contains("deadlock");
    } finally {
      threads.shutdownNow();
    }
  }

  private static long holdThenWant(Locks locks, String held, String wanted, CyclicBarrier meeting)
      throws Exception {
    try (LockGrant one = locks.lock(held).exclusive().acquire()) {
      meeting.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      locks.lock(wanted).exclusive().acquire().close();
      return one.token().revision().value();
    }
  }

  private static boolean wasRemoved(Future<?> taker) {
    try {
      taker.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return false;
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(RemovedFromQueueException.class);
      return true;
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
