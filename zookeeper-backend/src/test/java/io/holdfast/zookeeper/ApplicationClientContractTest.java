package io.holdfast.zookeeper;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.contract.LockContracts;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import io.holdfast.testkit.zookeeper.ServerSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contracts of locks, where each coordinator is made over a Curator client. */
@Execution(ExecutionMode.CONCURRENT)
final class ApplicationClientContractTest extends LockContracts {

  /** It is the client's. A quarter of it passes until the first lock of each test is held. */
  private static final int TIMEOUT = 2_000;

  private static EmbeddedZooKeeper zookeeper;

  private final List<CuratorFramework> clients = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start(ServerSettings.defaults().withTick(Duration.ofMillis(200)));
  }

  @AfterAll
  static void stop() {
    zookeeper.close();
  }

  @AfterEach
  void closeClients() {
    clients.forEach(CuratorFramework::close);
  }

  @Override
  protected String uri(String namespace) {
    return zookeeper.uri(namespace);
  }

  @Override
  protected Coordinator connect(String namespace, CoordinatorOptions options) {
    CuratorFramework client =
        CuratorFrameworkFactory.newClient(
            zookeeper.connectString(), TIMEOUT, TIMEOUT, new ExponentialBackoffRetry(50, 5));
    clients.add(client);
    client.start();
    return ZooKeeperCoordinators.over(client, namespace, options);
  }
}
