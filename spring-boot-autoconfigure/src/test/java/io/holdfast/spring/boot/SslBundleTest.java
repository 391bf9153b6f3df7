package io.holdfast.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.tls.ServerTls;
import io.holdfast.testkit.tls.TestAuthority;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A store that asks for a certificate, and an application that has it in an SSL bundle. */
class SslBundleTest {

  private static TestAuthority authority;
  private static ZooKeeperCluster cluster;

  @BeforeAll
  static void start() {
    authority = TestAuthority.create("holdfast test");
    cluster =
        ZooKeeperCluster.start(
            1,
            ServerSettings.defaults()
                .withTls(ServerTls.by(authority, ServerTls.Clients.CERTIFIED)));
  }

  @AfterAll
  static void stop() {
    cluster.close();
    authority.close();
  }

  private static ApplicationContextRunner application() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(SslAutoConfiguration.class, HoldfastAutoConfiguration.class))
        .withPropertyValues(
            "holdfast.connect=" + cluster.uri("bundle"),
            "holdfast.connect-timeout=20s",
            "holdfast.security.ssl-bundle=store",
            "spring.ssl.bundle.pem.store.truststore.certificate=" + authority.pem().toUri());
  }

  @Test
  void bundle_withCertificate_opensTheStoreAndLeavesNoFile() {
    ClientCertificate payments = authority.client("payments");
    List<Path> used = new ArrayList<>();
    application()
        .withPropertyValues(
            "spring.ssl.bundle.pem.store.keystore.certificate=" + payments.chain().toUri(),
            "spring.ssl.bundle.pem.store.keystore.private-key=" + payments.key().toUri())
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              Path key =
                  context
                      .getBean(CoordinatorOptions.class)
                      .credentials()
                      .certificate()
                      .orElseThrow()
                      .key();
              used.add(key.getParent());
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                  .isEqualTo("rw-------");
              try (LockGrant grant = context.getBean(Locks.class).lock("a").exclusive().acquire()) {
                assertThat(grant.isHeld()).isTrue();
              }
            });
    assertThat(used).hasSize(1).allMatch(Files::notExists);
  }

  @Test
  void bundle_withoutCertificate_isRefusedWithTheReason() {
    application()
        .run(
            context ->
                assertThat(context).getFailure().rootCause().hasMessageContaining("--tls-cert"));
  }

  @Test
  void bundle_thatIsNotThere_isNamed() {
    application()
        .withPropertyValues("holdfast.security.ssl-bundle=other")
        .run(
            context -> {
              assertThat(context).getFailure().rootCause().hasMessageContaining("other");
            });
  }
}
