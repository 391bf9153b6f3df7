package io.holdfast.etcd;

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
import io.holdfast.coordination.security.Login;
import io.holdfast.coordination.security.Secret;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Session;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.tls.ServerTls;
import io.holdfast.testkit.tls.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three servers that want certificates, whose common names are etcd's users. */
final class MutualTlsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration TOKEN_LIFE = Duration.ofSeconds(2);
  private static final Login PAYMENTS = new Login("payments", Secret.of("payments".toCharArray()));

  private static TestAuthority authority;
  private static ClientCertificate payments;
  private static EtcdCluster cluster;

  @BeforeAll
  static void startCluster() {
    authority = TestAuthority.create("holdfast test");
    payments = authority.client("payments");
    cluster =
        EtcdCluster.start(
            EtcdCluster.Options.forTests(3)
                .withTls(ServerTls.by(authority, ServerTls.Clients.CERTIFIED))
                .withTokenLife(TOKEN_LIFE));
    cluster.enableAuthentication(Secret.of("root".toCharArray()), PAYMENTS);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
    authority.close();
  }

  private static Credentials showing(ClientCertificate certificate) {
    return Credentials.none()
        .withAuthorities(authority.pem())
        .withCertificate(certificate.chain(), certificate.key());
  }

  private static CoordinatorOptions with(Credentials credentials) {
    return CoordinatorOptions.defaults().withConnectTimeout(PATIENCE).withCredentials(credentials);
  }

  @Test
  void acquire_userByCertificateAlone_works() throws InterruptedException {
    try (Coordinator coordinator =
            Coordinator.connect(cluster.uri("payments/a"), with(showing(payments)));
        LockGrant grant = new Locks(coordinator).lock("a").exclusive().acquire()) {
      assertThat(grant.isHeld()).isTrue();
    }
  }

  @Test
  void connect_certificateOfNoUser_isToldWhoIsWanted() {
    assertThatThrownBy(
            () ->
                Coordinator.connect(
                    cluster.uri("payments/a"), with(showing(authority.client("stranger")))))
        .isInstanceOf(AccessRefusedException.class)
        .hasMessageContaining("namespace as prefix");
  }

  @Test
  void connect_noCertificate_isToldToGiveOne() {
    assertThatThrownBy(
            () ->
                Coordinator.connect(
                    cluster.uri("payments/a"),
                    with(Credentials.none().withAuthorities(authority.pem()))))
        .isInstanceOf(AccessRefusedException.class)
        .hasMessageContaining("--tls-cert");
  }

  /** etcd lets a token end when it was not used; the next request gets another by itself. */
  @Test
  void commit_afterTheTokenEnded_works() {
    Credentials login =
        showing(authority.client("nobody")).withLogin(PAYMENTS.user(), PAYMENTS.password());
    try (Coordinator coordinator =
        Coordinator.connect(
            cluster.uri("payments/token"),
            with(login).withSessionTimeout(Duration.ofSeconds(60)))) {
      Session session = coordinator.current().orElseThrow();
      // The lease is renewed every ten seconds, so that every token ends in between.
      await()
          .pollDelay(TOKEN_LIFE.multipliedBy(3))
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  Sessions.get(
                      session.commit(Transaction.EMPTY.put(Key.of("config"), Payload.utf8("x")))));
      assertThat(coordinator.current()).contains(session);
    }
  }

  @Test
  void certificate_replacedWhileRunning_isShownAtTheNextConnection() throws IOException {
    try (TestAuthority stranger = TestAuthority.create("stranger")) {
      ClientCertificate files = stranger.client("payments");
      CoordinatorOptions options = with(showing(files));
      try (Coordinator coordinator =
          Coordinator.start(
              new EtcdBackendProvider()
                  .open(ClusterUri.parse(cluster.uri("payments/rotated")), options),
              options,
              "rotated")) {
        Files.copy(payments.chain(), files.chain(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(payments.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);

        await().atMost(PATIENCE).until(() -> coordinator.current().isPresent());
      }
    }
  }
}
