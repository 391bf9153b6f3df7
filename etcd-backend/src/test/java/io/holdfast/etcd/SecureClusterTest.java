package io.holdfast.etcd;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Secret;
import io.holdfast.testkit.contract.BackendContract;
import io.holdfast.testkit.contract.LockContract;
import io.holdfast.testkit.contract.SecurityContract;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.tls.ServerTls;
import io.holdfast.testkit.tls.TestAuthority;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The contracts over TLS, by a user whose role ends at the namespace's prefix. */
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
    cluster.enableAuthentication(Secret.of("root".toCharArray()), user());
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
    authority.close();
  }

  private static CoordinatorOptions withLogin() {
    return CoordinatorOptions.defaults()
        .withCredentials(
            Credentials.none().withAuthorities(authority.pem()).withLogin(USER, user().password()));
  }

  @Override
  protected String uri(String namespace) {
    return cluster.uri(namespace);
  }

  @Override
  protected String uriOfOthers() {
    return cluster.uri("contract2");
  }

  @Override
  protected TestAuthority authority() {
    return authority;
  }

  @Nested
  final class Primitives extends BackendContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }

    @Override
    protected CoordinatorOptions options() {
      return withLogin();
    }
  }

  @Nested
  final class TheLock extends LockContract {
    @Override
    protected String uri(String namespace) {
      return cluster.uri(namespace);
    }

    @Override
    protected CoordinatorOptions options() {
      return withLogin();
    }
  }
}
