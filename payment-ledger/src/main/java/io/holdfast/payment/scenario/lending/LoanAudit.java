package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.AuditRule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A system account of lending shows what the loans of its shard and currency say of themselves.
 *
 * @param role of the system account
 * @param field of {@link Booked} in the loans
 * @param sign by which the account shows it: 1 or -1
 */
record LoanAudit(String role, String field, int sign) implements AuditRule {

  static final List<AuditRule> RULES =
      List.of(
          new LoanAudit(LendingScenario.LOANS, "outstanding", -1),
          new LoanAudit(LendingScenario.INTEREST, "interestPaid", 1),
          new LoanAudit(LendingScenario.LATE_FEES, "lateFeesPaid", 1),
          new LoanAudit(LendingScenario.LOSSES, "writtenOff", -1),
          new LoanAudit(LendingScenario.RECOVERIES, "recovered", 1),
          AuditRule.of(
              "loans: not more is recovered than was written off, and only of such loans",
              "SELECT 'loan ' || id || ' is ' || (body->>'state') || ', recovered '"
                  + " || (body->'booked'->>'recovered') || ', written off '"
                  + " || (body->'booked'->>'writtenOff') FROM document WHERE kind = 'loan'"
                  + " AND NOT coalesce((body->'booked'->>'recovered')::numeric BETWEEN 0"
                  + " AND CASE body->>'state' WHEN 'WRITTEN_OFF'"
                  + " THEN (body->'booked'->>'writtenOff')::numeric ELSE 0 END, false)"
                  + " ORDER BY 1 LIMIT 100"));

  private static final String DIFFERENCES =
      """
      WITH said AS (
        SELECT shard, body->'terms'->'amount'->>'currency' AS currency,
               sum((body->'booked'->>?)::numeric) AS amount
        FROM document WHERE kind = ? GROUP BY 1, 2),
      shown AS (
        SELECT shard, currency::text AS currency, sum(amount) * ? AS amount
        FROM entry WHERE account LIKE ? GROUP BY 1, 2)
      SELECT shard, currency, coalesce(said.amount, 0), coalesce(shown.amount, 0)
      FROM said FULL JOIN shown USING (shard, currency)
      WHERE coalesce(said.amount, 0) <> coalesce(shown.amount, 0)
      ORDER BY 1, 2 LIMIT 100
      """;

  @Override
  public String name() {
    return "loans: " + field + " is what the accounts '" + role + "' show";
  }

  @Override
  public List<String> violations(Connection snapshot) throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement query = snapshot.prepareStatement(DIFFERENCES)) {
      query.setString(1, field);
      query.setString(2, Loan.KIND.name());
      query.setInt(3, sign);
      query.setString(4, role + ":%");
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(
              "shard %d, %s: the loans say %s, the account '%s' shows %s"
                  .formatted(
                      rows.getInt(1),
                      rows.getString(2),
                      rows.getBigDecimal(3).toPlainString(),
                      role,
                      rows.getBigDecimal(4).toPlainString()));
        }
      }
    }
    return found;
  }
}
