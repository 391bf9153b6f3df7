package io.holdfast.etcd;

import io.holdfast.testkit.contract.LockContract;
import io.holdfast.testkit.etcd.EtcdCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class ThreeServerLockContractTest extends LockContract {

  private static EtcdCluster cluster;

  @BeforeAll
  static void startCluster() {
    cluster = EtcdCluster.start(3);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @Override
  protected String uri(String namespace) {
    return cluster.uri(namespace);
  }
}
