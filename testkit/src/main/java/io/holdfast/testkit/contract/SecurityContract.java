package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.admin.Doctor;
import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Login;
import io.holdfast.coordination.security.Secret;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Finding;
import io.holdfast.testkit.network.Link.Direction;
import io.holdfast.testkit.network.ProxyLink;
import io.holdfast.testkit.tls.TestAuthority;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every backend does with TLS, user and password: it works with the right ones, and anything
 * else is refused soon, in words that say what to do, and that never hold a password.
 *
 * <p>The cluster speaks TLS with the certificate of {@link TestAuthority#server}, and knows {@link
 * #user} and {@link #neighbour}. Each has the namespace of their name and may touch nothing else.
 */
public abstract class SecurityContract {

  private static final String USER = "contract";
  private static final String NEIGHBOUR = "contract2";
  private static final String PASSWORD = "canary-right-8d1f";
  private static final String WRONG_PASSWORD = "canary-wrong-8d1f";
  private static final String CANARY = "canary-";
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Longer than it takes until a client first asks why it gets no connection. */
  private static final Duration LATE = Duration.ofMillis(2_500);

  private static final Duration LONG = Duration.ofSeconds(90);

  /** Who we are. The password must never be seen. */
  protected static Login user() {
    return new Login(USER, Secret.of(PASSWORD.toCharArray()));
  }

  /** Somebody else, whose name begins with ours. */
  protected static Login neighbour() {
    return new Login(NEIGHBOUR, user().password());
  }

  /** The address of the cluster under test, with TLS. */
  protected abstract String uri(String namespace);

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
        LockGrant grant = new Locks(coordinator).lock("a").exclusive().acquire()) {
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
  final void connect_namespaceThatBeginsLikeOnesOwn_isDenied() throws InterruptedException {
    Credentials theirs = trusting().withLogin(NEIGHBOUR, neighbour().password());
    try (Coordinator neighbour = Coordinator.connect(uri(NEIGHBOUR + "/a"), options(theirs));
        Coordinator coordinator = Coordinator.connect(uri(USER + "/a"), options(right()));
        LockGrant beside = new Locks(neighbour).lock("a").exclusive().acquire();
        LockGrant grant = new Locks(coordinator).lock("a").exclusive().acquire()) {
      assertThat(List.of(beside, grant)).allMatch(LockGrant::isHeld);

      assertThat(refusal(uri(NEIGHBOUR + "/a"), right())).hasMessageContaining("denies");
      assertThat(refusal(uri(USER + "/a"), theirs)).hasMessageContaining("denies");
    }
  }

  @Test
  final void doctor_namespaceOfAUser_isClosedToWhoDoesNotLogIn() throws InterruptedException {
    String uri = uri("contract/closed");
    try (Coordinator coordinator = Coordinator.connect(uri, options(right()));
        LockGrant grant = new Locks(coordinator).lock("a").exclusive().acquire()) {
      assertThat(new Doctor(coordinator, ClusterUri.parse(uri)).examine())
          .filteredOn(finding -> finding.subject().equals("namespace"))
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.level()).as(finding.what()).isEqualTo(Finding.Level.OK);
                assertThat(finding.what()).contains("closed");
              });
      assertThat(grant.isHeld()).isTrue();
    }
  }

  @Test
  final void connect_serverOfUnknownAuthority_isToldToNameTheAuthority() {
    try (TestAuthority other = TestAuthority.create("other")) {
      assertThat(refusal(uri("contract/x"), right().withAuthorities(other.pem())))
          .hasMessageContaining("not signed by anyone we trust");
    }
  }

  /** Why there is no connection is asked more than once: a server may be slow, or not up yet. */
  @Test
  final void connect_serverOfUnknownAuthorityThatIsLate_isToldAllTheSame() {
    String uri = uri("contract/x");
    String host = ClusterUri.parse(uri).hosts().get(0);
    int port = Integer.parseInt(host.substring(host.lastIndexOf(':') + 1));
    try (TestAuthority other = TestAuthority.create("other");
        ProxyLink way = new ProxyLink("127.0.0.1", port)) {
      String late = uri.replaceFirst("//[^/]*/", "//" + way.endpoint() + "/");
      way.cut(Direction.REPLIES);
      CompletableFuture.delayedExecutor(LATE.toMillis(), TimeUnit.MILLISECONDS).execute(way::heal);

      assertThat(refusal(late, right().withAuthorities(other.pem())))
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
          LockGrant grant = new Locks(coordinator).lock("a").exclusive().acquire()) {
        seen.add(coordinator + " " + coordinator.options() + " " + coordinator.current());
        seen.add(grant + " " + grant.token());
      }
      StringWriter failure = new StringWriter();
      refusal(uri("contract/canary"), wrong()).printStackTrace(new PrintWriter(failure));
      seen.add(failure.toString());
      seen.add(ClusterUri.parse(uri("contract/canary")) + " " + wrong() + " " + user());
      assertThat(log.lines()).as("capture").anyMatch(line -> line.contains(" is open; "));
      seen.addAll(log.lines());
    }
    assertThat(seen).noneMatch(line -> line.contains(CANARY));
  }

  @Test
  final void connect_passwordWithoutTlsToAnotherMachine_isWarnedOfOnce() {
    assertThat(warningsOfPlainLogin("192.0.2.1:1,127.0.0.1:1"))
        .singleElement()
        .asString()
        .contains("[192.0.2.1:1]", "+tls://", USER)
        .doesNotContain(CANARY);
  }

  @Test
  final void connect_passwordWithoutTlsToThisMachine_isNotWarnedOf() {
    assertThat(warningsOfPlainLogin("127.0.0.1:1,localhost:1")).isEmpty();
  }

  private List<String> warningsOfPlainLogin(String hosts) {
    String plain = uri("contract/plain").replace("+tls", "").replaceFirst("//[^/]+", "//" + hosts);
    CoordinatorOptions options =
        options(Credentials.none().withLogin(USER, user().password()))
            .withConnectTimeout(Duration.ofMillis(300));
    try (LogCapture log = new LogCapture()) {
      assertThatThrownBy(() -> Coordinator.connect(plain, options).close())
          .isInstanceOf(UnavailableException.class);
      return log.lines().stream().filter(line -> line.contains("without TLS")).toList();
    }
  }

  @Nested
  final class Primitives extends BackendContract {
    @Override
    protected String uri(String namespace) {
      return SecurityContract.this.uri(namespace);
    }

    @Override
    protected CoordinatorOptions options() {
      return CoordinatorOptions.defaults().withCredentials(right());
    }
  }

  @Nested
  final class TheLock extends LockContract {
    @Override
    protected String uri(String namespace) {
      return SecurityContract.this.uri(namespace);
    }

    @Override
    protected CoordinatorOptions options() {
      return CoordinatorOptions.defaults().withCredentials(right());
    }
  }
}
