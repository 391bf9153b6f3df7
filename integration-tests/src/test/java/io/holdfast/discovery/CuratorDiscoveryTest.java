package io.holdfast.discovery;

import static io.holdfast.discovery.Registries.PATIENCE;
import static io.holdfast.discovery.Registries.get;
import static io.holdfast.discovery.Registries.ids;
import static io.holdfast.discovery.Registries.live;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.registry.DrainResult;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import io.holdfast.registry.format.CuratorFormat;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.x.discovery.ServiceCache;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.ServiceProvider;
import org.apache.curator.x.discovery.details.JsonInstanceSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real Curator {@code ServiceDiscovery} and our registry, one fleet on three servers. */
final class CuratorDiscoveryTest {

  private static ZooKeeperCluster cluster;

  private final String base = "/discovery-" + UUID.randomUUID();
  private final Registries registries = new Registries();
  private CuratorFramework curator;
  private ServiceDiscovery<Object> theirs;
  private Registry ours;

  @BeforeAll
  static void startCluster() {
    cluster = ZooKeeperCluster.start(3);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void connectBoth() throws Exception {
    curator = CuratorFrameworkFactory.newClient(cluster.connectString(), new RetryOneTime(100));
    // Curator's discovery registers all anew when it hears of the connection, and takes what is
    // there away for a moment. So let it begin with a connection that nobody will tell it of.
    CountDownLatch connected = new CountDownLatch(1);
    curator.getConnectionStateListenable().addListener((who, state) -> connected.countDown());
    curator.start();
    assertThat(connected.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    theirs =
        ServiceDiscoveryBuilder.builder(Object.class)
            .client(curator)
            .basePath(base)
            .serializer(new JsonInstanceSerializer<>(Object.class, false))
            .build();
    theirs.start();
    ours = registries.open(cluster.uri("holdfast"), CuratorFormat.at(base));
  }

  @AfterEach
  void disconnect() throws Exception {
    registries.close();
    theirs.close();
    curator.close();
  }

  private static io.holdfast.registry.ServiceInstance mine(String id) {
    return io.holdfast.registry.ServiceInstance.http("payment", id, "10.0.0.1", 8080);
  }

  private static ServiceInstance<Object> foreign(String id, Object payload) throws Exception {
    return ServiceInstance.builder()
        .name("payment")
        .id(id)
        .address("10.0.0.9")
        .port(9090)
        .payload(payload)
        .build();
  }

  @Test
  void mixedFleet_eachSeesTheOthers() throws Exception {
    ours.register(mine("ours").withPort("https", 8443).withZone("z1").withMetadata("shards", "1"));
    theirs.registerService(foreign("theirs", Map.of("zone", "z2", "owner", "team-b")));

    assertThat(theirs.queryForInstances("payment"))
        .extracting(ServiceInstance::getId)
        .containsExactlyInAnyOrder("ours", "theirs");
    ServiceInstance<Object> seen = theirs.queryForInstance("payment", "ours");
    assertThat(seen.getAddress()).isEqualTo("10.0.0.1");
    assertThat(seen.getPort()).isEqualTo(8080);
    assertThat(seen.getSslPort()).isEqualTo(8443);
    assertThat(seen.isEnabled()).isTrue();
    assertThat(theirs.queryForNames()).containsExactly("payment");

    try (ServiceView view = ours.view("payment")) {
      var snapshot = view.await(live("ours", "theirs"), PATIENCE).orElseThrow();
      var found = snapshot.find("theirs").orElseThrow().instance();
      assertThat(found.address("http")).contains("10.0.0.9:9090");
      assertThat(found.status()).isEqualTo(InstanceStatus.UP);
      assertThat(found.zone()).isEqualTo("z2");
      assertThat(found.metadata("owner")).contains("team-b");
      assertThat(snapshot.find("ours").orElseThrow().instance().zone()).isEqualTo("z1");

      theirs.unregisterService(foreign("theirs", ""));

      assertThat(view.await(live("ours"), PATIENCE)).isPresent();
    }
    assertThat(get(ours.services())).containsExactly("payment");
  }

  @Test
  void theirProvider_ourInstanceDrains_noLongerChoosesIt() throws Exception {
    Registration registration = ours.register(mine("ours"));
    theirs.registerService(foreign("theirs", ""));
    try (ServiceCache<Object> cache = theirs.serviceCacheBuilder().name("payment").build();
        ServiceProvider<Object> provider =
            theirs.serviceProviderBuilder().serviceName("payment").build();
        ServiceView view = ours.view("payment")) {
      cache.start();
      provider.start();
      assertThat(view.await(live("ours", "theirs"), PATIENCE)).isPresent();

      DrainResult drained = get(registration.drain(PATIENCE));

      assertThat(drained.isComplete()).isTrue();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  provider.getAllInstances().stream()
                      .map(ServiceInstance::getId)
                      .toList()
                      .equals(java.util.List.of("theirs")));
      assertThat(view.snapshot().find("ours").orElseThrow().instance().status())
          .isEqualTo(InstanceStatus.DRAINING);
      registration.close();
      await().atMost(PATIENCE).until(() -> cache.getInstances().size() == 1);
      assertThat(curator.getChildren().forPath(base + "/payment")).containsExactly("theirs");
    }
  }

  @Test
  void theirDisabledInstance_takesNoRequests() throws Exception {
    ServiceInstance<Object> disabled =
        ServiceInstance.builder()
            .name("payment")
            .id("theirs")
            .address("10.0.0.9")
            .enabled(false)
            .build();
    theirs.registerService(disabled);

    assertThat(get(ours.list("payment")).find("theirs").orElseThrow().instance().status())
        .isEqualTo(InstanceStatus.OUT_OF_SERVICE);
  }

  @Test
  void malformedEntries_arePassedOverOneByOne() throws Exception {
    ours.register(mine("ours"));
    put("broken", "{not json");
    put("liar", "{\"name\":\"payment\",\"id\":\"other\",\"address\":\"h\"}");
    put("empty", "");
    put(
        "spring",
        "{\"name\":\"payment\",\"id\":\"spring\",\"address\":\"h\",\"port\":8080,\"new\":[1],"
            + "\"payload\":{\"@class\":\"no.such.ZookeeperInstance\",\"id\":\"application-1\","
            + "\"name\":\"payment\",\"metadata\":{\"zone\":\"z3\"}}}");
    try (ServiceView view = ours.view("payment")) {
      var snapshot = view.await(live("ours", "spring"), PATIENCE).orElseThrow();
      assertThat(snapshot.find("spring").orElseThrow().instance().zone()).isEqualTo("z3");
    }
  }

  private void put(String id, String text) throws Exception {
    curator
        .create()
        .creatingParentsIfNeeded()
        .forPath(base + "/payment/" + id, text.getBytes(UTF_8));
  }

  @Test
  void springFleet_atItsOrdinaryBase_readsWhatWeWrite() throws Exception {
    Registry spring = registries.open(cluster.uri("holdfast"), CuratorFormat.spring());
    spring.register(mine("ours").withZone("z1"));

    String stored = new String(curator.getData().forPath("/services/payment/ours"), UTF_8);

    assertThat(stored)
        .contains("\"@class\":\"org.springframework.cloud.zookeeper.discovery.ZookeeperInstance\"")
        .contains("\"metadata\":{")
        .contains("\"zone\":\"z1\"");
    assertThat(ids(get(spring.list("payment")))).containsExactly("ours");
    // Nothing of ours but instances is where Spring looks for services.
    assertThat(curator.getChildren().forPath("/services")).containsExactly("payment");
  }
}
