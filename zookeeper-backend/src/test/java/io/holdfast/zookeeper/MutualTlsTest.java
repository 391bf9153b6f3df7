package io.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.tls.ServerTls;
import io.holdfast.testkit.tls.TestAuthority;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import io.holdfast.zookeeper.internal.client.ClientSettings;
import io.holdfast.zookeeper.internal.client.Security;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three servers that know their clients by certificate. */
final class MutualTlsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static TestAuthority authority;
  private static ClientCertificate payments;
  private static ZooKeeperCluster cluster;

  @BeforeAll
  static void startCluster() {
    authority = TestAuthority.create("holdfast test");
    payments = authority.client("payments");
    cluster =
        ZooKeeperCluster.start(
            3,
            ServerSettings.defaults()
                .withTls(ServerTls.by(authority, ServerTls.Clients.CERTIFIED)));
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
    authority.close();
  }

  private static CoordinatorOptions as(ClientCertificate certificate) {
    return CoordinatorOptions.defaults()
        .withConnectTimeout(PATIENCE)
        .withCredentials(
            Credentials.none()
                .withAuthorities(authority.pem())
                .withCertificate(certificate.chain(), certificate.key()));
  }

  @Test
  void everyNode_madeByACertifiedClient_belongsToItAlone() throws Exception {
    try (Coordinator coordinator = Coordinator.connect(cluster.uri("eu/owned"), as(payments));
        LockGrant grant = new Locks(coordinator).lock("a").exclusive().acquire()) {
      Transaction puts =
          Transaction.EMPTY
              .put(Key.of("deep", "er", "config"), Payload.utf8("x"))
              .putForSession(Key.of("services", "s", "1"), Payload.utf8("y"));
      Clients.get(coordinator.current().orElseThrow().commit(puts));
      assertThat(grant.isHeld()).isTrue();

      List<String> nodes = new ArrayList<>();
      try (ClientSettings settings =
              Security.of(ClusterUri.parse(cluster.uri("x")), as(payments).credentials())
                  .settings();
          ZooKeeper client = new ZooKeeper(secureConnectString(), 10_000, e -> {}, settings)) {
        walk(client, "/eu", nodes);
      }
      assertThat(nodes)
          .contains("/eu", "/eu/owned", "/eu/owned/sessions", "/eu/owned/deep/er/config")
          .anyMatch(path -> path.startsWith("/eu/owned/sessions/"))
          .anyMatch(path -> path.startsWith("/eu/owned/locks/a/"))
          .anyMatch(path -> path.startsWith("/eu/owned/services/s/"));
      try (ZooKeeper stranger = new ZooKeeper(cluster.connectString(), 10_000, e -> {})) {
        assertThatThrownBy(() -> stranger.getChildren("/eu/owned/locks", false))
            .isInstanceOf(KeeperException.NoAuthException.class);
      }
    }
  }

  private static String secureConnectString() {
    return String.join(",", ClusterUri.parse(cluster.uri("x")).hosts());
  }

  private static void walk(ZooKeeper client, String path, List<String> nodes) throws Exception {
    nodes.add(path);
    assertThat(client.getACL(path, null))
        .as("who may touch %s", path)
        .containsExactly(new ACL(31, new Id("x509", "CN=payments")));
    for (String child : client.getChildren(path, false)) {
      walk(client, path + "/" + child, nodes);
    }
  }

  @Test
  void connect_noCertificate_isToldToGiveOne() {
    CoordinatorOptions without =
        CoordinatorOptions.defaults()
            .withConnectTimeout(PATIENCE)
            .withCredentials(Credentials.none().withAuthorities(authority.pem()));
    assertThatThrownBy(() -> Coordinator.connect(cluster.uri("x"), without))
        .isInstanceOf(AccessRefusedException.class)
        .hasMessageContaining("--tls-cert");
  }

  @Test
  void connect_nobodyToOwnedNamespace_isDenied() {
    Coordinator.connect(cluster.uri("owned"), as(payments)).close();

    assertThatThrownBy(
            () -> Coordinator.connect(cluster.plainUri("owned"), CoordinatorOptions.defaults()))
        .isInstanceOf(AccessRefusedException.class)
        .hasMessageContaining("belongs to another identity");
  }

  @Test
  void certificate_replacedWhileRunning_isShownAtTheNextConnection() throws IOException {
    try (TestAuthority stranger = TestAuthority.create("stranger")) {
      ClientCertificate files = stranger.client("payments");
      CoordinatorOptions options = as(files);
      try (Coordinator coordinator =
          Coordinator.start(
              new ZooKeeperBackendProvider()
                  .open(ClusterUri.parse(cluster.uri("rotated")), options),
              options,
              "rotated")) {
        Files.copy(payments.chain(), files.chain(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(payments.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);

        await().atMost(PATIENCE).until(() -> coordinator.current().isPresent());
      }
    }
  }
}
