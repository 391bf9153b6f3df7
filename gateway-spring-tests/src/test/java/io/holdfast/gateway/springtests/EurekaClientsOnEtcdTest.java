package io.holdfast.gateway.springtests;

import io.holdfast.testkit.etcd.EtcdCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** With etcd. */
class EurekaClientsOnEtcdTest extends EurekaClientsContract {

  private static EtcdCluster server;

  @BeforeAll
  static void start() {
    server = EtcdCluster.start(1);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  String uri(String namespace) {
    return server.uri(namespace);
  }
}
