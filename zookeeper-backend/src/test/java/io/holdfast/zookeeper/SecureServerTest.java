package io.holdfast.zookeeper;

import io.holdfast.testkit.contract.SecurityContract;
import io.holdfast.testkit.tls.ServerTls;
import io.holdfast.testkit.tls.TestAuthority;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;

/** The contracts over TLS, by a user who logs in with SASL. */
@Order(1)
final class SecureServerTest extends SecurityContract {

  private static TestAuthority authority;
  private static ZooKeeperCluster server;

  @BeforeAll
  static void startServer() {
    authority = TestAuthority.create("holdfast test");
    server =
        ZooKeeperCluster.start(
            1,
            ServerSettings.defaults()
                .withTls(ServerTls.by(authority, ServerTls.Clients.ANONYMOUS))
                .withUsers(user(), neighbour()));
  }

  @AfterAll
  static void stopServer() {
    server.close();
    authority.close();
  }

  @Override
  protected String uri(String namespace) {
    return server.uri(namespace);
  }

  @Override
  protected TestAuthority authority() {
    return authority;
  }
}
