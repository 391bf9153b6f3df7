package io.holdfast.chaos.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.tls.ServerTls;
import io.holdfast.testkit.tls.TestAuthority;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers and clients change to certificates of another authority while locks are used: nobody has
 * to stop, and nobody loses a session.
 *
 * <pre>
 *   trusted by all      old     old, new    old, new    old, new     new
 *   servers show        old       old         new         new        new
 *   clients show        old       old         old         new        new
 * </pre>
 */
@Timeout(400)
final class CertificateRotationTest {

  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofSeconds(40))
          .withConnectTimeout(Duration.ofSeconds(60));

  /** Sessions of up to 40 s, and a leader that is missed after 4 s: so none ends for a restart. */
  private static final ServerSettings SETTINGS =
      ServerSettings.defaults().withTick(Duration.ofSeconds(2)).withSyncLimit(2);

  private static final int TURNS = 20;

  private final TestAuthority old = TestAuthority.create("old");
  private final TestAuthority next = TestAuthority.create("next");

  @TempDir private Path folder;

  @AfterEach
  void closeAuthorities() {
    old.close();
    next.close();
  }

  @Test
  void etcd_certificatesRotated_locksGoOn() throws IOException {
    ServerTls tls = prepare();
    try (EtcdCluster cluster = EtcdCluster.start(EtcdCluster.Options.forTests(3).withTls(tls))) {
      rotate(cluster.uri("rotation"), cluster::restart);
    }
  }

  @Test
  void zooKeeper_certificatesRotated_locksGoOn() throws IOException {
    ServerTls tls = prepare();
    try (ZooKeeperCluster cluster = ZooKeeperCluster.start(3, SETTINGS.withTls(tls))) {
      rotate(
          cluster.uri("rotation"),
          server -> {
            cluster.restart(server);
            cluster.awaitServing();
          });
    }
  }

  private ServerTls prepare() throws IOException {
    trust(old);
    show("server", old.server());
    show("client", old.client("app"));
    return new ServerTls(shown("server"), trusted(), ServerTls.Clients.CERTIFIED);
  }

  private void rotate(String uri, IntConsumer restart) throws IOException {
    CoordinatorOptions options =
        OPTIONS.withCredentials(
            Credentials.none()
                .withAuthorities(trusted())
                .withCertificate(shown("client").chain(), shown("client").key()));
    try (Coordinator first = Coordinator.connect(uri, options);
        Coordinator second = Coordinator.connect(uri, options);
        Contenders rivals = new Contenders(List.of(first, second))) {
      awaitTurns(rivals);
      trust(old, next);
      restartAll(restart, rivals);
      show("server", next.server());
      restartAll(restart, rivals);
      show("client", next.client("app")); // read when a client connects, which it has to below
      trust(next);
      restartAll(restart, rivals);

      assertThat(Handshake.issuer(uri)).isEqualTo("CN=next");
      assertThat(rivals.sessionsLost()).isZero();
    }
  }

  private static void restartAll(IntConsumer restart, Contenders rivals) {
    for (int server = 0; server < 3; server++) {
      restart.accept(server);
      awaitTurns(rivals);
    }
  }

  private static void awaitTurns(Contenders rivals) {
    long before = rivals.turns();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(rivals.turns()).isGreaterThan(before + TURNS));
  }

  private Path trusted() {
    return folder.resolve("trusted.pem");
  }

  private void trust(TestAuthority... authorities) throws IOException {
    StringBuilder pem = new StringBuilder();
    for (TestAuthority authority : authorities) {
      pem.append(Files.readString(authority.pem())).append('\n');
    }
    replace(trusted(), pem.toString());
  }

  private ClientCertificate shown(String who) {
    return new ClientCertificate(folder.resolve(who + ".crt"), folder.resolve(who + ".key"));
  }

  private void show(String who, ClientCertificate issued) throws IOException {
    replace(shown(who).chain(), Files.readString(issued.chain()));
    replace(shown(who).key(), Files.readString(issued.key()));
  }

  /** At once: a client that connects meanwhile must not read half of it. */
  private void replace(Path file, String pem) throws IOException {
    Path written = Files.writeString(folder.resolve("written.pem"), pem);
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
