package io.holdfast.transaction.jdbc.saga;

import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.mariadb.MariaDbServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** With MariaDB and etcd. */
final class MariaDbEtcdTakeoverTest extends TakeoverContract {

  private static EtcdCluster cluster;

  @BeforeAll
  static void start() {
    cluster = EtcdCluster.start(1);
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
    return MariaDbServer.shared().freshUrl();
  }
}
