package io.holdfast.etcd;

import io.holdfast.testkit.contract.BackendContract;
import io.holdfast.testkit.etcd.EtcdCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class OneServerBackendContractTest extends BackendContract {

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
  protected String uri(String namespace) {
    return cluster.uri(namespace);
  }
}
