package io.holdfast.transaction.jdbc;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.etcd.EtcdCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** With the decision in etcd. */
final class EtcdCommitTest extends PostgresCommitContract {

  private static EtcdCluster cluster;

  @BeforeAll
  static void startCluster() {
    cluster = EtcdCluster.start(1);
  }

  @AfterAll
  static void stopCluster() {
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
}
