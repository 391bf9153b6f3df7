package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the database itself does not let happen to the journal, by whomever: the ledger's ordinary
 * role, which owns the schema and may not do everything, and a superuser who does not try hard.
 */
class LedgerPermissionsTest {

  private static final String ROLE = "ledger_owner";
  private static DatabaseConfig superuser;
  private static DatabaseConfig owner;

  @BeforeAll
  static void book() throws SQLException {
    superuser = LedgerPostgres.freshDatabase();
    owner = DatabaseConfig.of(superuser.url(), ROLE, ROLE);
    String database = superuser.url().substring(superuser.url().lastIndexOf('/') + 1);
    execute(superuser, "CREATE ROLE " + ROLE + " LOGIN");
    execute(superuser, "ALTER DATABASE " + database + " OWNER TO " + ROLE);
    LedgerConfig config = LedgerConfig.of("node", Map.of("a", owner)).withShards(1);
    try (Ledger ledger = Ledger.open(config)) {
      ledger.seal(new Fence(0, FencingToken.of(new Revision(1))));
      Caller olga = Caller.of("olga", Role.OPERATOR);
      AccountId account = new AccountId("anna");
      ledger
          .execute(olga, new OpenAccount(), OpenAccount.wallet(account, "anna", "EUR"), key("1"))
          .join();
      Reply funded =
          ledger
              .execute(olga, new Fund(), new Fund.Request(account, 5, "EUR", "r"), key("2"))
              .join();
      assertThat(funded.refusal()).isEmpty();
    }
  }

  private static IdempotencyKey key(String value) {
    return new IdempotencyKey(value);
  }

  private static int execute(DatabaseConfig as, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(as.url(), as.user(), as.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return statement.getUpdateCount();
    }
  }

  private static void assertRefused(DatabaseConfig as, String sql, String state) {
    assertThatThrownBy(() -> execute(as, sql))
        .as("%s as %s", sql, as.user())
        .isInstanceOfSatisfying(
            SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo(state));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE journal SET request = '{}'",
        "UPDATE entry SET amount = amount + 1",
        "DELETE FROM journal",
        "DELETE FROM entry",
        "DELETE FROM entry WHERE amount < 0",
        "TRUNCATE journal",
        "TRUNCATE entry"
      })
  void execute_changeOfWhatIsBooked_isRefused(String sql) {
    assertRefused(owner, sql, "42501");
    assertRefused(superuser, sql, "42501");
  }

  /** An owner may switch triggers off; what it has not the permission for, it cannot do so. */
  @ParameterizedTest
  @ValueSource(
      strings = {"UPDATE journal SET request = '{}'", "UPDATE entry SET leg = 0", "TRUNCATE entry"})
  void execute_changeWithoutTriggers_isRefusedByPermission(String sql) {
    assertThatThrownBy(
            () ->
                execute(
                    owner,
                    "ALTER TABLE journal DISABLE TRIGGER USER;"
                        + " ALTER TABLE entry DISABLE TRIGGER USER; "
                        + sql))
        .hasMessageContaining("permission denied for table");
  }

  @ParameterizedTest
  @CsvSource({"5,-4", "5,5", "1,0"})
  void execute_entriesThatDoNotSumToZero_isRefused(long one, long other) {
    String sql =
        "INSERT INTO entry (shard, seq, leg, account, currency, amount) VALUES"
            + " (0, 99, 0, 'x:0:EUR', 'EUR', "
            + one
            + "), (0, 99, 1, 'y:0:EUR', 'EUR', "
            + other
            + ")";
    assertRefused(owner, sql, "23514");
    assertRefused(superuser, sql, "23514");
  }

  @Test
  void execute_entriesThatSumToZeroOverTwoCurrencies_isRefused() {
    assertRefused(
        owner,
        "INSERT INTO entry (shard, seq, leg, account, currency, amount) VALUES"
            + " (0, 99, 0, 'x:0:EUR', 'EUR', 5), (0, 99, 1, 'y:0:USD', 'USD', -5)",
        "23514");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"posted = -1", "held = 6", "held = -1", "incoming = -1", "status = 'CLOSED'"})
  void execute_accountThatNoneMayBe_isRefused(String change) {
    assertRefused(owner, "UPDATE account SET " + change + " WHERE id = 'anna'", "23514");
  }

  @Test
  void execute_deletionOfAShardThatHasMoved_isDone() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(owner.url(), owner.user(), owner.password());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("UPDATE shard SET state = 'MOVED', moved_to = 'b'");
      assertThat(statement.executeUpdate("DELETE FROM entry")).isEqualTo(2);
      assertThat(statement.executeUpdate("DELETE FROM journal")).isEqualTo(2);
      connection.rollback();
    }
  }
}
