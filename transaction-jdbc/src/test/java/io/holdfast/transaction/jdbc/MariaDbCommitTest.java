package io.holdfast.transaction.jdbc;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.mariadb.MariaDbServer;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import io.holdfast.transaction.jdbc.DoomedProcess.Halt;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** From PostgreSQL to MariaDB, with the decision in ZooKeeper. Here its server may be killed. */
final class MariaDbCommitTest extends CommitContract {

  private static ZooKeeperCluster cluster;
  private static MariaDbServer server;
  private static Accounts first;
  private static Accounts second;

  @BeforeAll
  static void start() throws InterruptedException {
    cluster = ZooKeeperCluster.start(1);
    server = MariaDbServer.start("--log-bin");
    first = PostgresAccounts.in(Servers.first());
    second = new MariaDbAccounts(server.freshUrl()).made();
  }

  @AfterAll
  static void stop() {
    server.close();
    cluster.close();
  }

  @Override
  Coordinator connect(String namespace, CoordinatorOptions options) {
    return Coordinator.connect(cluster.uri(namespace), options);
  }

  @Override
  String uri(String namespace) {
    return cluster.uri(namespace);
  }

  @Override
  void silence() {
    cluster.pause(0);
  }

  @Override
  void speak() {
    cluster.resume(0);
  }

  @Override
  Accounts first() {
    return first;
  }

  @Override
  Accounts second() {
    return second;
  }

  @Override
  Accounts mortal() {
    return second;
  }

  @Override
  void killMortal() {
    server.kill();
  }

  @Override
  void restartMortal() {
    server.restart();
  }

  @Override
  List<Halt> halts() {
    return List.of(Halt.ONE_PREPARED, Halt.ALL_PREPARED, Halt.DECIDED, Halt.ONE_COMMITTED);
  }
}
