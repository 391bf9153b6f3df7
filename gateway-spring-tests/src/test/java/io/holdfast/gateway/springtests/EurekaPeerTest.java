package io.holdfast.gateway.springtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running Eureka names the gateway as its peer: what registers there is ours at once. */
class EurekaPeerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ID = "host-1.example:orders:8080";

  private static Optional<InstanceStatus> status(ServiceView view) {
    return view.snapshot().find(ID).map(RegisteredInstance::instance).map(ServiceInstance::status);
  }

  @Test
  void eureka_withTheGatewayAsPeer_mirrorsItself(@TempDir Path folder) throws Exception {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start();
        Coordinator coordinator = Coordinator.connect(server.uri("peer"));
        Registry registry = new Registry(coordinator);
        TestGateway gateway = TestGateway.start(server.uri("peer"), folder);
        EurekaServer eureka = EurekaServer.start(gateway.uriWithToken())) {
      ServiceView orders = registry.view("orders");
      Rest client = new Rest(eureka.uri());
      String at = "/apps/ORDERS/" + ID;

      assertThat(client.register("ORDERS", Rest.instance("ORDERS", ID, "UP", 1_000)))
          .isEqualTo(204);
      await().atMost(PATIENCE).until(() -> status(orders).equals(Optional.of(InstanceStatus.UP)));

      // Removed here only: the peer's next heartbeat is answered by 404, and brings all of it.
      assertThat(new Rest(gateway.uri()).status("DELETE", at)).isEqualTo(200);
      await().atMost(PATIENCE).until(() -> status(orders).isEmpty());
      assertThat(client.status("PUT", at + "?status=UP&lastDirtyTimestamp=1000")).isEqualTo(200);
      await().atMost(PATIENCE).until(() -> status(orders).isPresent());

      assertThat(client.status("PUT", at + "/status?value=OUT_OF_SERVICE")).isEqualTo(200);
      await()
          .atMost(PATIENCE)
          .until(() -> status(orders).equals(Optional.of(InstanceStatus.OUT_OF_SERVICE)));
      assertThat(client.status("DELETE", at + "/status")).isEqualTo(200);
      // As Eureka has it: the client is asked to say anew what its own status is.
      assertThat(client.status("PUT", at + "?status=UP&lastDirtyTimestamp=1000")).isEqualTo(404);
      assertThat(client.register("ORDERS", Rest.instance("ORDERS", ID, "UP", 1_001)))
          .isEqualTo(204);
      await().atMost(PATIENCE).until(() -> status(orders).equals(Optional.of(InstanceStatus.UP)));

      assertThat(client.status("DELETE", at)).isEqualTo(200);
      await().atMost(PATIENCE).until(() -> status(orders).isEmpty());
    }
  }
}
