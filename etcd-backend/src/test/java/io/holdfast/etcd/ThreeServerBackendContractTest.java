package io.holdfast.etcd;

import io.holdfast.testkit.contract.BackendContract;
import io.holdfast.testkit.etcd.EtcdCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class ThreeServerBackendContractTest extends BackendContract {

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
