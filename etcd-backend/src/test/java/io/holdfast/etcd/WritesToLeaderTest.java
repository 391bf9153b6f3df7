package io.holdfast.etcd;

import static io.holdfast.etcd.Sessions.HELLO;
import static io.holdfast.etcd.Sessions.PATIENCE;
import static io.holdfast.etcd.Sessions.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Login;
import io.holdfast.coordination.security.Secret;
import io.holdfast.spi.Session;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.tls.ServerTls;
import io.holdfast.testkit.tls.TestAuthority;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which of three servers the writes of a session go to, as the servers count them. */
class WritesToLeaderTest {

  private static final int SERVERS = 3;
  private static final long SOME = 10;
  private static final int NOBODY = -1;

  private static void writeSome(Session session) {
    for (int i = 0; i < SOME; i++) {
      get(session.commit(Transaction.EMPTY.put(Key.of("d", "x"), HELLO)));
    }
  }

  /** How many of some writes each server got. */
  private static List<Long> shares(EtcdCluster cluster, Session session) {
    List<Long> before = txns(cluster);
    writeSome(session);
    List<Long> after = txns(cluster);
    return IntStream.range(0, SERVERS).mapToObj(i -> after.get(i) - before.get(i)).toList();
  }

  private static List<Long> txns(EtcdCluster cluster) {
    return IntStream.range(0, SERVERS).mapToObj(i -> cluster.answered(i, "Txn")).toList();
  }

  private static void awaitAllGoToTheLeader(EtcdCluster cluster, Session session) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(
            failure ->
                failure instanceof UnavailableException
                    || failure instanceof AccessRefusedException)
        .untilAsserted(
            () -> {
              int leader = cluster.leader().orElse(NOBODY);
              List<Long> expected =
                  IntStream.range(0, SERVERS).mapToObj(i -> i == leader ? SOME : 0L).toList();
              assertThat(shares(cluster, session)).isEqualTo(expected);
            });
  }

  @Test
  void commit_alsoAfterAnElection_goesToTheLeader() {
    try (EtcdCluster cluster = EtcdCluster.start(SERVERS);
        Sessions sessions = new Sessions()) {
      Session session =
          sessions.open(cluster.uri("to-leader"), Duration.ofSeconds(30), Duration.ofSeconds(5));
      awaitAllGoToTheLeader(cluster, session);

      int killed = cluster.leader().orElseThrow();
      cluster.kill(killed);
      cluster.restart(killed);

      awaitAllGoToTheLeader(cluster, session);
    }
  }

  /** The one that is asked who leads is asked over TLS too, and by a user that is not root. */
  @Test
  void commit_overTlsByAUserOfANamespace_goesToTheLeader() {
    Login user = new Login("pay", Secret.of("not-for-logs".toCharArray()));
    try (TestAuthority authority = TestAuthority.create("holdfast test");
        EtcdCluster cluster =
            EtcdCluster.start(
                EtcdCluster.Options.forTests(SERVERS)
                    .withTls(ServerTls.by(authority, ServerTls.Clients.ANONYMOUS)));
        Sessions sessions = new Sessions()) {
      cluster.enableAuthentication(Secret.of("root".toCharArray()), user);
      Credentials credentials =
          Credentials.none()
              .withAuthorities(authority.pem())
              .withLogin(user.user(), user.password());
      CoordinatorOptions options = CoordinatorOptions.defaults().withCredentials(credentials);
      Session session =
          await("every server knows of the users")
              .atMost(PATIENCE)
              .ignoreExceptionsInstanceOf(AccessRefusedException.class)
              .until(() -> sessions.open(cluster.uri("pay/to-leader"), options), opened -> true);

      awaitAllGoToTheLeader(cluster, session);
    }
  }
}
