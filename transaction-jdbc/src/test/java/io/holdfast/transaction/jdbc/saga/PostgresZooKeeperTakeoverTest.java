package io.holdfast.transaction.jdbc.saga;

import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import io.holdfast.transaction.jdbc.FreshDatabases;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** With PostgreSQL and ZooKeeper. */
final class PostgresZooKeeperTakeoverTest extends TakeoverContract {

  private static ZooKeeperCluster cluster;

  @BeforeAll
  static void start() {
    cluster = ZooKeeperCluster.start(1);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Override
  String uri() {
    return cluster.uri("takeover");
  }

  @Override
  String url() {
    return FreshDatabases.url();
  }
}
