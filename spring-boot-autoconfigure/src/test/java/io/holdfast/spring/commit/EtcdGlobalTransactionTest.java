package io.holdfast.spring.commit;

import io.holdfast.testkit.etcd.EtcdCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract with the decision in etcd. */
final class EtcdGlobalTransactionTest extends GlobalTransactionContract {

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
  String uri(String namespace) {
    return cluster.uri(namespace);
  }

  @Override
  void silence(String namespace) {
    cluster.pause(0);
  }

  @Override
  void speak(String namespace) {
    cluster.resume(0);
  }
}
