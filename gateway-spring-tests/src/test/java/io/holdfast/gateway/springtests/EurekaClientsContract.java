package io.holdfast.gateway.springtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.netflix.appinfo.InstanceInfo;
import io.holdfast.coordination.Coordinator;
import io.holdfast.gateway.springtests.RealClient.Transport;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.registry.admin.RegistryAdmin;
import io.holdfast.registry.lease.Lease;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eureka's real clients at two gateways over one cluster, and programs of ours beside them. */
abstract class EurekaClientsContract {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ORDERS_PORT = 7001;
  private static final int SHOP_PORT = 7002;

  private String cluster = "";
  private Coordinator coordinator;
  private Registry registry;
  private TestGateway first;
  private TestGateway second;

  /** A namespace of the cluster under test. */
  abstract String uri(String namespace);

  @BeforeEach
  final void open(@TempDir Path folder) throws IOException {
    cluster = uri("eureka-" + UUID.randomUUID());
    coordinator = Coordinator.connect(cluster);
    registry = new Registry(coordinator);
    first = TestGateway.start(cluster, Files.createDirectory(folder.resolve("first")));
    second = TestGateway.start(cluster, Files.createDirectory(folder.resolve("second")));
  }

  @AfterEach
  final void close() {
    first.close();
    second.close();
    registry.close();
    coordinator.close();
  }

  private RealClient client(Transport transport, String app, int port, TestGateway... at) {
    return RealClient.start(
        transport, app, port, Stream.of(at).map(TestGateway::uriWithToken).toArray(URI[]::new));
  }

  private static Optional<InstanceStatus> status(ServiceView view, String id) {
    return view.snapshot().find(id).map(RegisteredInstance::instance).map(ServiceInstance::status);
  }

  @Test
  final void clients_ofBothTransports_seeEachOtherAndOurs() throws Exception {
    registry.register(ServiceInstance.http("billing", "billing-1", "127.0.0.1", 9001));
    ServiceView orders = registry.view("orders");
    RealClient seller = client(Transport.JERSEY, "orders", ORDERS_PORT, first);
    try (RealClient buyer = client(Transport.REST_CLIENT, "shop", SHOP_PORT, second)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(buyer.statuses("ORDERS")).isEqualTo(Map.of(ORDERS_PORT, "UP"));
                assertThat(seller.statuses("SHOP")).isEqualTo(Map.of(SHOP_PORT, "UP"));
                assertThat(buyer.statuses("BILLING")).isEqualTo(Map.of(9001, "UP"));
                assertThat(status(orders, seller.id())).contains(InstanceStatus.UP);
              });

      seller.set(InstanceInfo.InstanceStatus.DOWN);
      await()
          .atMost(PATIENCE)
          .until(() -> status(orders, seller.id()).equals(Optional.of(InstanceStatus.DOWN)));
      await().atMost(PATIENCE).until(() -> buyer.statuses("ORDERS").containsValue("DOWN"));
      seller.set(InstanceInfo.InstanceStatus.UP);
      await().atMost(PATIENCE).until(() -> buyer.statuses("ORDERS").containsValue("UP"));

      drainsAndComesBack(seller, buyer);

      seller.close();
      await().atMost(PATIENCE).until(() -> status(orders, seller.id()).isEmpty());
      await().atMost(PATIENCE).until(() -> buyer.statuses("ORDERS").isEmpty());
    }
  }

  private void drainsAndComesBack(RealClient seller, RealClient buyer) throws Exception {
    RegistryAdmin admin = new RegistryAdmin(coordinator);
    DrainResult drained =
        admin
            .drain("orders", seller.id(), "operator", "a test", PATIENCE)
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(drained.isComplete()).isTrue();
    await().atMost(PATIENCE).until(() -> buyer.statuses("ORDERS").containsValue("OUT_OF_SERVICE"));
    // Eureka's interface does not take back what an operator has said.
    assertThat(new Rest(first.uri()).status("DELETE", "/apps/ORDERS/" + seller.id() + "/status"))
        .isEqualTo(409);

    admin
        .clearOverride("orders", seller.id(), "operator", "a test")
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> buyer.statuses("ORDERS").containsValue("UP"));

    assertThat(
            new Rest(first.uri())
                .status("PUT", "/apps/ORDERS/" + seller.id() + "/status?value=OUT_OF_SERVICE"))
        .isEqualTo(200);
    assertThat(
            registry
                .list("orders")
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .find(seller.id())
                .flatMap(RegisteredInstance::override)
                .orElseThrow()
                .by())
        .isEqualTo("eureka/tests");
    assertThat(new Rest(second.uri()).status("DELETE", "/apps/ORDERS/" + seller.id() + "/status"))
        .isEqualTo(200);
    await().atMost(PATIENCE).until(() -> buyer.statuses("ORDERS").containsValue("UP"));
  }

  @Test
  final void gateway_ofTheClient_dies_theClientIsThereAllTheTime() throws Exception {
    ServiceView orders = registry.view("orders");
    try (RealClient client = client(Transport.JERSEY, "orders", ORDERS_PORT, first, second)) {
      await().atMost(PATIENCE).until(() -> status(orders, client.id()).isPresent());
      String holder = holder(orders, client.id());

      (isAt(first) ? first : second).close();

      // The lease lasts five seconds: the client has to be heard by the other gateway meanwhile.
      await()
          .during(Duration.ofSeconds(7))
          .atMost(PATIENCE)
          .until(() -> status(orders, client.id()).equals(Optional.of(InstanceStatus.UP)));
      assertThat(holder(orders, client.id())).isNotEqualTo(holder);
    }
  }

  private boolean isAt(TestGateway gateway) {
    return gateway.holds("orders", "127.0.0.1:orders:" + ORDERS_PORT);
  }

  private static String holder(ServiceView view, String id) {
    return view.snapshot()
        .find(id)
        .map(RegisteredInstance::instance)
        .flatMap(Lease::of)
        .map(Lease::holder)
        .orElse("");
  }
}
