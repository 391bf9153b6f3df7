package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Login;
import io.holdfast.coordination.security.Secret;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.tls.TestAuthority;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every backend does with TLS, user and password: it works with the right ones, and anything
 * else is refused soon, in words that say what to do, and that never hold a password.
 *
 * <p>The cluster speaks TLS with the certificate of {@link TestAuthority#server}, and knows the
 * {@link #USER} by {@link #PASSWORD}.
 */
public abstract class SecurityContract {

  /** Who we are. */
  protected static final String USER = "contract";

  /** What must never be seen. */
  protected static final String PASSWORD = "canary-right-8d1f";

  private static final String WRONG_PASSWORD = "canary-wrong-8d1f";
  private static final String CANARY = "canary-";
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration LONG = Duration.ofSeconds(90);

  /** The user with the right password. */
  protected static Login user() {
    return new Login(USER, Secret.of(PASSWORD.toCharArray()));
  }

  /** The address of the cluster under test, with TLS. */
  protected abstract String uri(String namespace);

  /** An address in the same cluster where the user has no rights. */
  protected abstract String uriOfOthers();

  /** Who signed for the servers. */
  protected abstract TestAuthority authority();

  private Credentials trusting() {
    return Credentials.none().withAuthorities(authority().pem());
  }

  private Credentials right() {
    return trusting().withLogin(USER, user().password());
  }

  private Credentials wrong() {
    return trusting().withLogin(USER, Secret.of(WRONG_PASSWORD.toCharArray()));
  }

  private static CoordinatorOptions options(Credentials credentials) {
    return CoordinatorOptions.defaults().withConnectTimeout(LONG).withCredentials(credentials);
  }

  private static AccessRefusedException refusal(String uri, Credentials credentials) {
    long start = System.nanoTime();
    AccessRefusedException refusal =
        catchThrowableOfType(
            AccessRefusedException.class,
            () -> Coordinator.connect(uri, options(credentials)).close());
    assertThat(refusal).as("refusal of %s", uri).isNotNull();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    return refusal;
  }

  @Test
  final void connect_rightPassword_works() throws InterruptedException {
    try (Coordinator coordinator = Coordinator.connect(uri("contract/right"), options(right()));
        LockGrant grant = new Locks(coordinator).exclusive("a").acquire()) {
      assertThat(grant.isHeld()).isTrue();
    }
  }

  @Test
  final void connect_wrongPassword_isToldToCheckIt() {
    assertThat(refusal(uri("contract/wrong"), wrong())).hasMessageContaining("password");
  }

  @Test
  final void connect_noUserToWhatIsAUsers_isToldToLogIn() {
    Coordinator.connect(uri("contract/owned"), options(right())).close();

    assertThat(refusal(uri("contract/owned"), trusting())).hasMessageContaining("--user");
  }

  @Test
  final void connect_namespaceOfOthers_isDenied() {
    assertThat(refusal(uriOfOthers(), right())).hasMessageContaining("denies");
  }

  @Test
  final void connect_serverOfUnknownAuthority_isToldToNameTheAuthority() {
    try (TestAuthority other = TestAuthority.create("other")) {
      assertThat(refusal(uri("contract/x"), right().withAuthorities(other.pem())))
          .hasMessageContaining("not signed by anyone we trust");
    }
  }

  @Test
  final void connect_noAuthorityGiven_trustsNoPrivateOne() {
    Credentials credentials =
        new Credentials(Optional.empty(), Optional.empty(), Optional.of(user()));
    assertThat(refusal(uri("contract/x"), credentials)).hasMessageContaining("--tls-ca");
  }

  @Test
  final void connect_serverOfAnotherName_isToldSo() {
    assertThat(refusal(uri("contract/x").replace("127.0.0.1", "localhost"), right()))
        .hasMessageContaining("for other hosts");
  }

  @Test
  final void connect_plainToTlsPort_isToldToUseTls() {
    assertThat(refusal(uri("contract/x").replace("+tls", ""), Credentials.none()))
        .hasMessageContaining("+tls");
  }

  @Test
  final void connect_anyOutcome_showsNoPassword() throws InterruptedException {
    List<String> seen = new ArrayList<>();
    try (LogCapture log = new LogCapture()) {
      try (Coordinator coordinator = Coordinator.connect(uri("contract/canary"), options(right()));
          LockGrant grant = new Locks(coordinator).exclusive("a").acquire()) {
        seen.add(coordinator + " " + coordinator.options() + " " + coordinator.current());
        seen.add(grant + " " + grant.token());
      }
      StringWriter failure = new StringWriter();
      refusal(uri("contract/canary"), wrong()).printStackTrace(new PrintWriter(failure));
      seen.add(failure.toString());
      seen.add(ClusterUri.parse(uri("contract/canary")) + " " + wrong() + " " + user());
      assertThat(log.lines()).as("capture").anyMatch(line -> line.contains("is open for"));
      seen.addAll(log.lines());
    }
    assertThat(seen).noneMatch(line -> line.contains(CANARY));
  }
}
