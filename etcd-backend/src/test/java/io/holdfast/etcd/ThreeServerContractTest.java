package io.holdfast.etcd;

import io.holdfast.testkit.contract.BackendContract;
import io.holdfast.testkit.contract.HandOverContract;
import io.holdfast.testkit.contract.LockContract;
import io.holdfast.testkit.contract.LockModesContract;
import io.holdfast.testkit.contract.RegistryContract;
import io.holdfast.testkit.etcd.EtcdCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Every contract, on one cluster of three servers. */
final class ThreeServerContractTest {

  private static EtcdCluster cluster;

  @BeforeAll
  static void startCluster() {
    cluster = EtcdCluster.start(3);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @Nested
  final class Primitives extends BackendContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class HandOver extends HandOverContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class Locks extends LockContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class LockModes extends LockModesContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }

  @Nested
  final class Services extends RegistryContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }
  }
}
