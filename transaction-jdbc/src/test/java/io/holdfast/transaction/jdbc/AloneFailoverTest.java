package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.DecidingBranch;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A standby takes over while a branch that is alone is being committed, and the reply is lost. */
@Timeout(120)
final class AloneFailoverTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String account = UUID.randomUUID().toString();
  private final PostgresServer primary = PostgresServer.start(Servers.SETTINGS);
  private final PostgresServer standby = primary.startStandby("standby");
  private final Accounts moving =
      new PostgresAccounts(
          "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/postgres?user=%s"
                  .formatted(primary.port(), standby.port(), PostgresServer.USER)
              + "&targetServerType=primary&hostRecheckSeconds=0");

  @BeforeEach
  void waitForTheStandby() {
    moving.made();
    moving.put(account, 100);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !moving
                    .strings(
                        "SELECT 1 FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()")
                    .isEmpty());
  }

  @AfterEach
  void close() {
    standby.close();
    primary.close();
  }

  /** What happens when {@code COMMIT} is sent. */
  private interface Committing {
    void on(Connection connection) throws SQLException;
  }

  private DataSource losing(Committing committing) {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, none) -> losing(moving.source().getConnection(), committing));
  }

  private Connection losing(Connection connection, Committing committing) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> {
              if (method.getName().equals("prepareStatement") && "COMMIT".equals(arguments[0])) {
                committing.on(connection);
                throw new SQLException("the reply is lost", "08006");
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void failOver() {
    primary.kill();
    if (!standby.isAlive()) {
      standby.restart();
    }
    standby.run("SELECT pg_promote()");
  }

  private Optional<Boolean> found(DecidingBranch branch) {
    return await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                Optional.of(
                    branch.committedAlone().toCompletableFuture().get(20, TimeUnit.SECONDS)),
            Optional::isPresent)
        .orElseThrow();
  }

  private DecidingBranch committed(PostgresParticipant participant) {
    DecidingBranch branch = participant.branch(Accounts.change(account, -30));
    assertThat(branch.commitAloneHere(Duration.ofSeconds(30)).toCompletableFuture())
        .isCompletedExceptionally();
    return branch;
  }

  /** The standby gives its number to another transaction, and commits that. */
  @Test
  void standbyLacksIt_isFoundAborted_whatEverHasItsNumber() throws SQLException {
    DataSource work =
        losing(
            connection -> {
              failOver();
              for (int i = 0; i < 100; i++) {
                moving.strings("SELECT txid_current()");
              }
            });
    try (PostgresParticipant participant =
        PostgresParticipant.open("one", work, moving.source(), PostgresOptions.defaults())) {
      standby.kill();

      DecidingBranch branch = committed(participant);

      assertThat(found(branch)).contains(false);
      assertThat(moving.balance(account)).isEqualTo(100);
    }
  }

  @Test
  void standbyHasIt_isFoundCommitted() throws SQLException {
    primary.run("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
    primary.run("SELECT pg_reload_conf()");
    await()
        .atMost(PATIENCE)
        .until(() -> moving.strings("SELECT sync_state FROM pg_stat_replication").contains("sync"));
    DataSource work =
        losing(
            connection -> {
              connection.createStatement().execute("COMMIT");
              failOver();
            });
    try (PostgresParticipant participant =
        PostgresParticipant.open("one", work, moving.source(), PostgresOptions.defaults())) {

      DecidingBranch branch = committed(participant);

      standby.run("ALTER SYSTEM SET synchronous_standby_names = ''");
      standby.run("SELECT pg_reload_conf()");
      assertThat(found(branch)).contains(true);
      assertThat(moving.balance(account)).isEqualTo(70);
    }
  }
}
