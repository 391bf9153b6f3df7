package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Revision;
import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.testing.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The guard for databases, on a real PostgreSQL and with both kinds of column. */
class JdbcFenceTest {

  private static final FencingToken OLD = FencingToken.of(new Revision(0x7fff_ffffL));

  /** Its uuid is the smaller one by {@link java.util.UUID#compareTo}. */
  private static final FencingToken NEW = FencingToken.of(new Revision(0x8000_0000L));

  private final DatabaseConfig config = TestPostgres.freshDatabase();
  private Connection first;
  private Connection second;

  @BeforeEach
  void connect() throws SQLException {
    first = connection();
    second = connection();
  }

  @AfterEach
  void disconnect() throws SQLException {
    first.close();
    second.close();
  }

  private Connection connection() throws SQLException {
    Connection connection =
        DriverManager.getConnection(config.url(), config.user(), config.password());
    connection.setAutoCommit(false);
    return connection;
  }

  private JdbcFence<String> fence(JdbcFence.Column column) throws SQLException {
    try (Statement statement = first.createStatement()) {
      statement.execute(JdbcFence.ddl("fence", column));
      statement.execute("CREATE TABLE account (balance bigint)");
      statement.execute("INSERT INTO account VALUES (100)");
    }
    JdbcFence<String> fence = JdbcFence.inTable("fence", column);
    fence.enrol(first, "orders");
    fence.enrol(first, "orders");
    first.commit();
    return fence;
  }

  private static void write(Connection connection, long balance) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("UPDATE account SET balance = " + balance);
    }
  }

  private static long balance(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT balance FROM account")) {
      row.next();
      return row.getLong(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void check_afterAGreaterSeal_isRefused(JdbcFence.Column column) throws SQLException {
    JdbcFence<String> fence = fence(column);
    fence.seal(first, "orders", OLD);
    fence.check(first, "orders", OLD);
    write(first, 90);
    first.commit();

    fence.seal(second, "orders", NEW);
    second.commit();

    assertThatThrownBy(() -> fence.check(first, "orders", OLD))
        .isInstanceOf(StaleTokenException.class);
    first.rollback();
    assertThatThrownBy(() -> fence.seal(first, "orders", OLD))
        .isInstanceOf(StaleTokenException.class);
    first.rollback();
    fence.seal(second, "orders", NEW);
    fence.check(second, "orders", NEW);
    assertThat(balance(second)).isEqualTo(90);
  }

  /** The seal is the new holder's first statement, so what it reads then is final. */
  @ParameterizedTest
  @EnumSource
  void seal_whileAWriteHasPassed_waitsAndThenSeesIt(JdbcFence.Column column) throws Exception {
    JdbcFence<String> fence = fence(column);
    fence.seal(first, "orders", OLD);
    first.commit();
    fence.check(first, "orders", OLD);
    write(first, 60);

    CompletableFuture<Long> seen =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                fence.seal(second, "orders", NEW);
                long balance = balance(second);
                second.commit();
                return balance;
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    awaitOneWaitingForALock();
    assertThat(seen).isNotDone();
    first.commit();

    assertThat(seen.get(60, TimeUnit.SECONDS)).isEqualTo(60);
    assertThatThrownBy(() -> fence.check(first, "orders", OLD))
        .isInstanceOf(StaleTokenException.class);
  }

  private void awaitOneWaitingForALock() throws SQLException {
    try (Connection observer = connection();
        Statement statement = observer.createStatement()) {
      observer.setAutoCommit(true);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                try (ResultSet row =
                    statement.executeQuery(
                        "SELECT count(*) FROM pg_stat_activity"
                            + " WHERE datname = current_database()"
                            + " AND wait_event_type = 'Lock'")) {
                  row.next();
                  return row.getLong(1) == 1;
                }
              });
    }
  }

  @ParameterizedTest
  @EnumSource
  void seal_unknownResource_isAMistakeAndNotStale(JdbcFence.Column column) throws SQLException {
    JdbcFence<String> fence = fence(column);
    assertThatThrownBy(() -> fence.seal(first, "bills", NEW))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("enrol");
    first.setAutoCommit(true);
    assertThatThrownBy(() -> fence.check(first, "orders", NEW))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("auto-commit");
  }
}
