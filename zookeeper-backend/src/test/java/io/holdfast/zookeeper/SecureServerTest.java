package io.holdfast.zookeeper;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Login;
import io.holdfast.coordination.security.Secret;
import io.holdfast.testkit.contract.BackendContract;
import io.holdfast.testkit.contract.LockContract;
import io.holdfast.testkit.contract.SecurityContract;
import io.holdfast.testkit.tls.ServerTls;
import io.holdfast.testkit.tls.TestAuthority;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The contracts over TLS, by a user who logs in with SASL. */
final class SecureServerTest extends SecurityContract {

  private static final Login OTHER = new Login("other", Secret.of("other".toCharArray()));

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
                .withUsers(user(), OTHER));
    Coordinator.connect(server.uri("others"), as(OTHER)).close();
  }

  @AfterAll
  static void stopServer() {
    server.close();
    authority.close();
  }

  private static CoordinatorOptions as(Login login) {
    return CoordinatorOptions.defaults()
        .withCredentials(
            Credentials.none()
                .withAuthorities(authority.pem())
                .withLogin(login.user(), login.password()));
  }

  @Override
  protected String uri(String namespace) {
    return server.uri(namespace);
  }

  @Override
  protected String uriOfOthers() {
    return server.uri("others");
  }

  @Override
  protected TestAuthority authority() {
    return authority;
  }

  @Nested
  final class Primitives extends BackendContract {
    @Override
    protected String uri(String namespace) {
      return server.uri(namespace);
    }

    @Override
    protected CoordinatorOptions options() {
      return as(user());
    }
  }

  @Nested
  final class TheLock extends LockContract {
    @Override
    protected String uri(String namespace) {
      return server.uri(namespace);
    }

    @Override
    protected CoordinatorOptions options() {
      return as(user());
    }
  }
}
