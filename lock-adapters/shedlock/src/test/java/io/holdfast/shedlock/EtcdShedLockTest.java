package io.holdfast.shedlock;

import io.holdfast.testkit.etcd.EtcdCluster;
import org.junit.jupiter.api.AutoClose;

final class EtcdShedLockTest extends ShedLockContract {

  @AutoClose private static final EtcdCluster CLUSTER = EtcdCluster.start(1);

  @Override
  String uri(String namespace) {
    return CLUSTER.uri(namespace);
  }
}
