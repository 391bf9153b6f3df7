package io.holdfast.etcd;

import io.holdfast.coordination.security.Secret;
import io.holdfast.testkit.contract.SecurityContract;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.tls.ServerTls;
import io.holdfast.testkit.tls.TestAuthority;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;

/** The contracts over TLS, by a user whose role ends at the namespace's prefix. */
@Order(1)
final class SecureClusterTest extends SecurityContract {

  private static TestAuthority authority;
  private static EtcdCluster cluster;

  @BeforeAll
  static void startCluster() {
    authority = TestAuthority.create("holdfast test");
    cluster =
        EtcdCluster.start(
            EtcdCluster.Options.forTests(1)
                .withTls(ServerTls.by(authority, ServerTls.Clients.ANONYMOUS)));
    cluster.enableAuthentication(Secret.of("root".toCharArray()), user(), neighbour());
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
    authority.close();
  }

  @Override
  protected String uri(String namespace) {
    return cluster.uri(namespace);
  }

  @Override
  protected TestAuthority authority() {
    return authority;
  }
}
