package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Vote;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is half of a transaction is not for its work to end. */
@Timeout(120)
final class EndedByWorkTest {

  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static PostgresServer server;
  private static PostgresAccounts accounts;

  private PostgresParticipant participant;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(Servers.SETTINGS);
    accounts = PostgresAccounts.in(server);
    accounts.put("a", 100);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open() throws SQLException {
    accounts.strings("UPDATE account SET balance = 100 WHERE id = 'a' RETURNING id");
    participant = PostgresParticipant.open("accounts", accounts.source(), accounts.source());
  }

  @AfterEach
  void close() {
    participant.close();
  }

  /** Ways to end it. */
  enum Way implements ConnectionWork {
    COMMIT {
      @Override
      void end(Connection connection) throws SQLException {
        connection.commit();
      }
    },
    ROLLBACK {
      @Override
      void end(Connection connection) throws SQLException {
        connection.rollback();
      }
    },
    AUTOCOMMIT {
      @Override
      void end(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
      }
    };

    @Override
    public void run(Connection connection) throws SQLException {
      spend(connection);
      end(connection);
    }

    abstract void end(Connection connection) throws SQLException;
  }

  private static void spend(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE account SET balance = balance - 1 WHERE id = 'a'");
    }
  }

  private Vote prepared(ConnectionWork work) throws Exception {
    TransactionId id = new TransactionId("d0123456789a", "0~m1.1", 1, Optional.empty());
    return participant
        .branch(work)
        .prepare(id.branch(0), WITHIN)
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private static String balance() {
    return accounts.strings("SELECT balance FROM account WHERE id = 'a'").get(0);
  }

  @ParameterizedTest
  @EnumSource
  void branch_endsItsTransaction_isRefusedWithoutEffect(Way way) throws Exception {
    assertThat(prepared(way)).isInstanceOf(Vote.Refused.class);

    assertThat(balance()).isEqualTo("100");
  }

  /** No connection can keep a statement from it, so it is told. */
  @Test
  void branch_commitsByAStatement_isRefusedAndToldWhatStays() throws Exception {
    Vote vote =
        prepared(
            connection -> {
              spend(connection);
              try (Statement statement = connection.createStatement()) {
                statement.execute("COMMIT");
              }
              spend(connection);
            });

    assertThat(vote.toString()).contains("what it did until then stays");
    assertThat(balance()).isEqualTo("99");
  }

  /** It is the application's failure, not a database that does not answer. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void branch_throws_refusesWithItsCause(boolean unchecked) throws Exception {
    IllegalArgumentException why = new IllegalArgumentException("no such currency");
    SQLException without = new SQLException("no state");

    Vote vote =
        prepared(
            connection -> {
              spend(connection);
              if (unchecked) {
                throw why;
              }
              throw without;
            });

    assertThat(vote).isInstanceOf(Vote.Refused.class);
    assertThat(((Vote.Refused) vote).cause()).containsSame(unchecked ? why : without);
    assertThat(((Vote.Refused) vote).reason())
        .contains(unchecked ? "IllegalArgumentException: no such currency" : "no state");
    assertThat(balance()).isEqualTo("100");
  }

  @Test
  void branch_closesTheConnectionThatItWasGiven_isPrepared() throws Exception {
    Vote vote =
        prepared(
            connection -> {
              try (connection) {
                spend(connection);
              }
            });

    assertThat(vote).isEqualTo(Vote.PREPARED);
    accounts.strings("SELECT gid FROM pg_prepared_xacts").forEach(this::rollBack);
  }

  private void rollBack(String gid) {
    try (Connection connection = accounts.source().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("ROLLBACK PREPARED '" + gid + "'");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMMIT",
        " rollback",
        "begin",
        "PREPARE TRANSACTION 'x'",
        "/* a */ COMMIT",
        "SELECT 1; SELECT 2",
        "SELECT 1;"
      })
  void statement_endsTheTransactionOrIsSeveral_isRefusedAtOnce(String sql) {
    assertThatIllegalArgumentException().isThrownBy(() -> SqlWork.of(sql));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE a SET b = 'x; COMMIT'",
        "SELECT \"semi;colon\" FROM a",
        "SELECT $$;$$, E'it\\'s;'",
        "-- one; two\nSELECT 1",
        "ROLLBACK TO SAVEPOINT here",
        "SELECT 1 /* ; */"
      })
  void statement_semicolonThatEndsNothing_isTaken(String sql) {
    assertThat(SqlWork.of(sql).statements()).hasSize(1);
  }
}
