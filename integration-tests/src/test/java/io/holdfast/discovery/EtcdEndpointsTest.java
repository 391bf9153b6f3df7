package io.holdfast.discovery;

import static io.holdfast.discovery.Registries.PATIENCE;
import static io.holdfast.discovery.Registries.get;
import static io.holdfast.discovery.Registries.live;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.registry.format.EtcdEndpointsFormat;
import io.holdfast.testkit.etcd.EtcdCluster;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys as etcd's Go client has them, put and read by {@code etcdctl}, on three servers. */
final class EtcdEndpointsTest {

  private static EtcdCluster cluster;

  private final Registries registries = new Registries();

  @BeforeAll
  static void startCluster() {
    cluster = EtcdCluster.start(3);
    assumeTrue(cluster.hasEtcdctl(), "etcdctl is not installed");
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @AfterEach
  void disconnect() {
    registries.close();
  }

  private Registry registry(String prefix) {
    return registries.open(cluster.uri("holdfast"), EtcdEndpointsFormat.under(prefix));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "/slashed/deep"})
  void mixedFleet_underTheTargetAsGiven_eachSeesTheOthers(String prefix)
      throws InterruptedException {
    Registry ours = registry(prefix);
    String target = prefix + "/payment";
    Registration registration =
        ours.register(ServiceInstance.of("payment", "ours", "10.0.0.1").withPort("grpc", 50051));
    cluster.etcdctl(
        "put",
        target + "/10.0.0.9:50051",
        "{\"Op\":0,\"Addr\":\"10.0.0.9:50051\",\"Metadata\":{\"zone\":\"z2\"}}");
    cluster.etcdctl("put", target + "/broken", "{not json");
    cluster.etcdctl("put", target + "2/other", "{\"Op\":0,\"Addr\":\"h:1\"}");

    List<String> keys =
        cluster
            .etcdctl("get", "--prefix", "--keys-only", target + "/")
            .lines()
            .filter(line -> !line.isBlank())
            .toList();
    assertThat(keys)
        .containsExactlyInAnyOrder(
            target + "/10.0.0.9:50051", target + "/broken", target + "/ours");
    assertThat(cluster.etcdctl("get", "--print-value-only", target + "/ours"))
        .startsWith("{\"Op\":0,\"Addr\":\"10.0.0.1:50051\",\"Metadata\":{");
    try (ServiceView view = ours.view("payment")) {
      var snapshot = view.await(live("10.0.0.9:50051", "ours"), PATIENCE).orElseThrow();
      var found = snapshot.find("10.0.0.9:50051").orElseThrow().instance();
      assertThat(found.address("grpc")).contains("10.0.0.9:50051");
      assertThat(found.zone()).isEqualTo("z2");

      cluster.etcdctl("del", target + "/10.0.0.9:50051");

      assertThat(view.await(live("ours"), PATIENCE)).isPresent();
    }
    assertThat(get(ours.services())).containsExactly("payment", "payment2");
    registration.close();
    assertThat(cluster.etcdctl("get", "--prefix", "--keys-only", target + "/").strip())
        .isEqualTo(target + "/broken");
  }

  @Test
  void drain_ofOurs_isAcknowledgedByOurViews() throws InterruptedException {
    Registry serving = registry("drained");
    Registry looking = registry("drained");
    Registration registration =
        serving.register(ServiceInstance.of("payment", "ours", "h").withPort("grpc", 1));
    try (ServiceView view = looking.view("payment")) {
      assertThat(view.awaitInstances(1, PATIENCE)).isPresent();

      assertThat(get(registration.drain(PATIENCE)).isComplete()).isTrue();

      assertThat(view.snapshot().up()).isEmpty();
      assertThat(view.snapshot().instances()).hasSize(1);
    }
  }
}
