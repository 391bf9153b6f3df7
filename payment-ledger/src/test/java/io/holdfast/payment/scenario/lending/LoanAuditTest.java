package io.holdfast.payment.scenario.lending;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.LedgerPostgres;
import io.holdfast.payment.ledger.Money;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules' SQL over tables of the ledger's form, with the columns that it reads. */
final class LoanAuditTest {

  private static final LocalDate START = LocalDate.parse("2027-01-15");
  private static final DatabaseConfig DATABASE = LedgerPostgres.freshDatabase();
  private Connection connection;

  @BeforeEach
  void tables() throws SQLException {
    connection = DriverManager.getConnection(DATABASE.url(), DATABASE.user(), DATABASE.password());
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TEMP TABLE document (shard integer, kind text, id text, body jsonb);
          CREATE TEMP TABLE entry (shard integer, account text, currency char(3), amount bigint);
          """);
    }
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void violations_ofBooksThatAgree_areNone() throws SQLException {
    loan(1, active(100_000, "EUR"));
    entry(1, "loans:1:EUR", "EUR", -100_000);
    Loan paid = Repayment.of(active(50_000, "EUR"), START.plusMonths(1), 9_000).loan();
    loan(1, paid);
    entry(1, "loans:1:EUR", "EUR", -50_000);
    entry(1, "loans:1:EUR", "EUR", paid.booked().principalPaid());
    entry(1, "interest:1:EUR", "EUR", paid.booked().interestPaid());
    loan(2, active(70_000, "JPY").writeOff("gone").recover(20_000));
    entry(2, "recoveries:2:JPY", "JPY", 20_000);
    entry(2, "loans:2:JPY", "JPY", -70_000);
    entry(2, "loans:2:JPY", "JPY", 70_000);
    entry(2, "losses:2:JPY", "JPY", -70_000);
    entry(2, "alice", "EUR", 12);
    loan(3, Loan.applied("bob", active(10_000, "EUR").terms()));

    assertThat(violations()).isEmpty();
  }

  @Test
  void violations_ofALoanThatTheAccountDoesNotShow_areTold() throws SQLException {
    loan(1, active(100_000, "EUR"));
    loan(2, active(100_000, "EUR"));
    entry(1, "loans:1:EUR", "EUR", -99_999);

    assertThat(violations())
        .containsExactly(
            "shard 1, EUR: the loans say 100000, the account 'loans' shows 99999",
            "shard 2, EUR: the loans say 100000, the account 'loans' shows 0");
  }

  @Test
  void violations_ofMoneyThatNoLoanKnows_areTold() throws SQLException {
    entry(5, "interest:5:KWD", "KWD", 7);
    entry(5, "late-fees:5:KWD", "KWD", 8);
    entry(5, "losses:5:KWD", "KWD", -9);

    assertThat(violations())
        .containsExactly(
            "shard 5, KWD: the loans say 0, the account 'interest' shows 7",
            "shard 5, KWD: the loans say 0, the account 'late-fees' shows 8",
            "shard 5, KWD: the loans say 0, the account 'losses' shows 9");
  }

  @Test
  void violations_ofMoreRecoveredThanWrittenOff_areTold() throws SQLException {
    loan(1, active(70_000, "EUR").writeOff("gone").recover(70_000));
    entry(1, "losses:1:EUR", "EUR", -70_000);
    entry(1, "recoveries:1:EUR", "EUR", 70_001);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "UPDATE document SET body = jsonb_set(body, '{booked,recovered}', '70001')");
    }
    assertThat(violations())
        .containsExactly("loan x is WRITTEN_OFF, recovered 70001, written off 70000");
  }

  private List<String> violations() throws SQLException {
    List<String> all = new ArrayList<>();
    for (AuditRule rule : new LendingScenario().audit()) {
      all.addAll(rule.violations(connection));
    }
    return all;
  }

  private static Loan active(long amount, String currency) {
    Terms terms =
        new Terms(Money.of(amount, currency), 1200, 6, RepaymentKind.ANNUITY, DayCount.THIRTY_360);
    return Loan.applied("bob", terms).approve(terms, new LateFee(500, 5)).disburse(START);
  }

  private void loan(int shard, Loan loan) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO document VALUES (?, 'loan', 'x', ?::jsonb)")) {
      insert.setInt(1, shard);
      insert.setString(2, Json.write(loan));
      insert.execute();
    }
  }

  private void entry(int shard, String account, String currency, long amount) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO entry VALUES (?, ?, ?, ?)")) {
      insert.setInt(1, shard);
      insert.setString(2, account);
      insert.setString(3, currency);
      insert.setLong(4, amount);
      insert.execute();
    }
  }
}
