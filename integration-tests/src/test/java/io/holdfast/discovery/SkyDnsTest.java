package io.holdfast.discovery;

import static io.holdfast.discovery.Registries.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryOptions;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.format.SkyDnsFormat;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import org.junit.jupiter.api.Test;

/** Keys as CoreDNS reads them, by {@code etcdctl}. */
final class SkyDnsTest {

  private static final String KEY = "/skydns/local/skydns/payment/a";

  private static Registry registry(Coordinator coordinator) {
    return SkyDnsFormat.registry(
        coordinator, RegistryOptions.defaults(coordinator.options()), "skydns.local", "http");
  }

  @Test
  void register_onEtcd_isARecordWithTheSessionsLease() throws InterruptedException {
    try (EtcdCluster cluster = EtcdCluster.start(1)) {
      assumeTrue(cluster.hasEtcdctl(), "etcdctl is not installed");
      Coordinator coordinator = Coordinator.connect(cluster.uri("holdfast"));
      try (Registry registry = registry(coordinator)) {
        ServiceInstance instance =
            ServiceInstance.http("payment", "a", "10.0.0.1", 8080).withZone("z1");

        Registration registration = registry.register(instance);

        assertThat(cluster.etcdctl("get", "--print-value-only", KEY))
            .startsWith(
                "{\"host\":\"10.0.0.1\",\"port\":8080,\"priority\":10,\"weight\":100,\"ttl\":5,");
        assertThat(cluster.etcdctl("get", "-w", "json", KEY)).contains("\"lease\":");
        assertThat(registry.list("payment").join().find("a").orElseThrow().instance())
            .isEqualTo(instance);
        assertThatThrownBy(
                () -> registry.register(ServiceInstance.http("payment", "A_1", "10.0.0.1", 80)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("DNS label");
        assertThat(registration.isPublished()).isTrue();
      } finally {
        coordinator.close();
      }
      await().atMost(PATIENCE).until(() -> cluster.etcdctl("get", KEY).isBlank());
    }
  }

  @Test
  void registry_onZooKeeper_isRefusedSayingWhy() {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start();
        Coordinator coordinator = Coordinator.connect(server.uri("holdfast"))) {
      assertThatThrownBy(() -> registry(coordinator))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("CoreDNS reads from etcd only");
    }
  }
}
