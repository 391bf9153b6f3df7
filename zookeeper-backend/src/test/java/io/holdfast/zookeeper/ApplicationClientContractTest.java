package io.holdfast.zookeeper;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.contract.LockContract;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import io.holdfast.testkit.zookeeper.ServerSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The contract of locks, where each coordinator is made over a Curator client. All of {@link
 * io.holdfast.testkit.contract.LockContracts} holds there too, and takes a minute: each first lock
 * waits until its session is proven.
 */
@Execution(ExecutionMode.CONCURRENT)
final class ApplicationClientContractTest extends LockContract {

  /** It is the client's. A quarter of it passes until the first lock of each test is held. */
  private static final int TIMEOUT = 2_000;

  private static EmbeddedZooKeeper zookeeper;

  private static final List<CuratorFramework> CLIENTS = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start(ServerSettings.defaults().withTick(Duration.ofMillis(200)));
  }

  @AfterAll
  static void stop() {
    CLIENTS.forEach(CuratorFramework::close);
    zookeeper.close();
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
    CLIENTS.add(client);
    client.start();
    return ZooKeeperCoordinators.over(client, namespace, options);
  }
}
