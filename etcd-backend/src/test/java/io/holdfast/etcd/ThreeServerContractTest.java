package io.holdfast.etcd;

import io.holdfast.testkit.contract.EveryContract;
import io.holdfast.testkit.etcd.EtcdCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;

/** Every contract, on one cluster of three servers. */
@Order(1)
final class ThreeServerContractTest extends EveryContract {

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
