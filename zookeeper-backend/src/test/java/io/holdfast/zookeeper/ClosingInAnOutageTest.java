package io.holdfast.zookeeper;

import static io.holdfast.zookeeper.Clients.PATIENCE;
import static io.holdfast.zookeeper.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Backend;
import io.holdfast.spi.Session;
import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Nothing of a client may stay behind, whatever state the cluster was in when it was closed. */
final class ClosingInAnOutageTest {

  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofSeconds(4))
          .withConnectTimeout(Duration.ofMinutes(2));

  private static Backend backend(String uri) {
    return new ZooKeeperBackendProvider().open(ClusterUri.parse(uri), OPTIONS);
  }

  /** Of ZooKeeper's clients, by the address that they try. */
  private static long clientThreads(int port) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().contains("-SendThread(127.0.0.1:" + port + ")"))
        .count();
  }

  private static void awaitNoClient(int port) {
    await().atMost(PATIENCE).until(() -> clientThreads(port) == 0);
  }

  @Test
  void close_neverConnected_leavesNoClientBehind() {
    int port = FreePorts.find(1).get(0);
    Coordinator coordinator =
        Coordinator.start(
            backend("zookeeper://127.0.0.1:" + port + "/nobody"), OPTIONS, "nobody there");
    await().atMost(PATIENCE).until(() -> clientThreads(port) > 0);

    coordinator.close();

    awaitNoClient(port);
  }

  @Test
  void close_whileTheNextSessionIsOpened_leavesNoClientBehind() {
    try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start()) {
      Coordinator coordinator =
          Coordinator.connect(backend(zookeeper.uri("outage")), OPTIONS, "outage");
      Session session = coordinator.current().orElseThrow();
      zookeeper.stop();
      session.close();
      await().atMost(PATIENCE).until(() -> clientThreads(zookeeper.port()) > 0);

      coordinator.close();

      awaitNoClient(zookeeper.port());
    }
  }

  @Test
  void close_sessionSuspended_leavesNoClientBehind() {
    try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start()) {
      Coordinator coordinator =
          Coordinator.connect(backend(zookeeper.uri("outage")), OPTIONS, "outage");
      zookeeper.stop();

      coordinator.close();

      awaitNoClient(zookeeper.port());
    }
  }

  @Test
  void close_whileServersAreExamined_leavesNoClientBehind() {
    int port = FreePorts.find(1).get(0);
    Backend backend = backend("zookeeper://127.0.0.1:" + port + "/nobody");
    var findings = backend.examine();
    await().atMost(PATIENCE).until(() -> clientThreads(port) > 0);

    backend.close();

    awaitNoClient(port);
    get(findings);
  }

  @Test
  void openSession_afterClose_fails() {
    Backend backend = backend("zookeeper://127.0.0.1:" + FreePorts.find(1).get(0) + "/nobody");
    backend.close();

    assertThat(backend.openSession(OPTIONS.owner()))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(UnavailableException.class);
  }
}
