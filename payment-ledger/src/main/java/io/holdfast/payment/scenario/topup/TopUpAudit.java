package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.AuditRule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What must be true of top-ups: that the ledger's own accounts hold what the documents say, each
 * shard and currency by itself, and that the documents make sense.
 *
 * @param name what is checked
 * @param sql rows that are wrong, a sentence in the first column
 */
record TopUpAudit(String name, String sql) implements AuditRule {

  private static final int MOST = 100;

  private static final String CHARGED =
      "body->>'state' IN ('SUCCEEDED', 'CHARGED_BACK', 'CHARGEBACK_REVERSED')";

  private static final String RETURNED =
      "CASE WHEN c->'reversal'->>'refused' IS NULL"
          + " THEN (c->'reversal'->'amount'->>'amount')::numeric END";

  /** Minor units in the documents; what was taken back is there in a charged-back one only. */
  private static final String AMOUNT = "(body->'amount'->>'amount')::numeric";

  /** What was taken back and has not come back. */
  private static final String TAKEN =
      of(
          "coalesce(sum((c->'amount'->>'amount')::numeric), 0) - coalesce(sum("
              + RETURNED
              + "), 0)");

  private static final String BOOKED = of("count(*)");

  private static final String OWED = of("coalesce(sum((c->'owed'->>'amount')::numeric), 0)");

  /** What was taken back of top-ups whose account was closed when they came. */
  private static final String UNCLAIMED =
      "CASE WHEN (body->>'unclaimed')::boolean THEN "
          + AMOUNT
          + " - "
          + of("coalesce(sum((c->'amount'->>'amount')::numeric), 0)")
          + " ELSE 0 END + "
          + of(
              "coalesce(sum((c->'reversal'->'unclaimed'->>'amount')::numeric)"
                  + " FILTER (WHERE c->'reversal'->>'refused' IS NULL), 0)");

  /**
   * Chargebacks or reversals that are more than once there, of nothing, of which more is owed than
   * taken, or more came back.
   */
  private static final String WRONG =
      "(SELECT 2 * count(*) - count(DISTINCT c->>'dispute')"
          + " - count(*) FILTER (WHERE c->'reversal'->>'id' IS NULL)"
          + " - count(DISTINCT c->'reversal'->>'id')"
          + " FROM jsonb_array_elements(body->'chargebacks') c) + "
          + of(
              "count(*) FILTER (WHERE NOT coalesce("
                  + "(c->'amount'->>'amount')::numeric"
                  + " >= greatest(1, (c->'owed'->>'amount')::numeric)"
                  + " AND (c->'owed'->>'amount')::numeric >= 0"
                  + " AND (c->'reversal'->>'id' IS NULL OR c->'reversal'->>'refused' IS NOT NULL"
                  + " OR (c->'reversal'->'amount'->>'amount')::numeric BETWEEN greatest(1,"
                  + " (c->'reversal'->'unclaimed'->>'amount')::numeric)"
                  + " AND (c->'amount'->>'amount')::numeric), false))");

  static final List<AuditRule> RULES =
      List.of(
          balance(
              "what acquirers owe is what was charged less what is charged back",
              TopUp.ACQUIRER,
              TAKEN + " - " + AMOUNT,
              CHARGED),
          balance(
              "what customers owe after chargebacks is what the top-ups say",
              TopUp.RECEIVABLE,
              "-" + OWED,
              "body->>'state' = 'CHARGED_BACK'"),
          balance(
              "what lies unclaimed is what came to accounts that were closed",
              TopUp.UNCLAIMED,
              UNCLAIMED,
              CHARGED),
          new TopUpAudit(
              "no charge counts for two top-ups",
              "SELECT 'charge ' || (body->>'charge') || ' counts for ' || count(*) || ' top-ups'"
                  + " FROM document WHERE kind = 'topup' AND body->>'charge' IS NOT NULL"
                  + " GROUP BY body->>'charge' HAVING count(*) > 1 ORDER BY 1 LIMIT "
                  + MOST),
          new TopUpAudit(
              "top-ups make sense",
              "SELECT id || ' is ' || (body->>'state') || ' and does not look like it'"
                  + " FROM document WHERE kind = 'topup' AND NOT coalesce("
                  + "body->>'card' LIKE 'tok\\_%' AND "
                  + AMOUNT
                  + " > 0 AND CASE body->>'state'"
                  + " WHEN 'PROCESSING' THEN due IS NOT NULL AND body->>'charge' IS NULL"
                  + " WHEN 'EXPIRED' THEN body->>'charge' IS NULL"
                  + " WHEN 'DECLINED' THEN body->>'declineCode' IS NOT NULL"
                  + " AND body->>'charge' IS NULL"
                  + " WHEN 'SUCCEEDED' THEN body->>'charge' IS NOT NULL"
                  + " AND body->>'chargedAt' IS NOT NULL"
                  + " AND "
                  + BOOKED
                  + " = 0"
                  + " WHEN 'CHARGEBACK_REVERSED' THEN body->>'charge' IS NOT NULL AND "
                  + BOOKED
                  + " > 0 AND "
                  + TAKEN
                  + " = 0 AND "
                  + WRONG
                  + " = 0 AND "
                  + OWED
                  + " = 0 WHEN 'CHARGED_BACK' THEN body->>'charge' IS NOT NULL AND "
                  + TAKEN
                  + " BETWEEN 1 AND "
                  + AMOUNT
                  + " AND "
                  + WRONG
                  + " = 0 AND (due IS NOT NULL OR "
                  + OWED
                  + " = 0) ELSE false END, false) ORDER BY id LIMIT "
                  + MOST));

  /** Something over the chargebacks that are booked. */
  private static String of(String aggregate) {
    return "(SELECT "
        + aggregate
        + " FROM jsonb_array_elements(body->'chargebacks') c WHERE c->>'refused' IS NULL)";
  }

  /** A rule that the system accounts of a role hold the sum of something over the documents. */
  private static AuditRule balance(String name, String role, String expected, String which) {
    return new TopUpAudit(
        name,
        "SELECT '"
            + role
            + " of shard ' || shard || ' holds ' || coalesce(booked, 0) || ' ' || currency"
            + " || ', the top-ups say ' || coalesce(said, 0)"
            + " FROM (SELECT shard, currency, sum(amount) AS booked FROM entry"
            + " WHERE account LIKE '"
            + role
            + ":%' GROUP BY shard, currency) AS books"
            + " FULL JOIN (SELECT shard, body->'amount'->>'currency' AS currency, sum("
            + expected
            + ") AS said FROM document WHERE kind = 'topup' AND "
            + which
            + " GROUP BY shard, body->'amount'->>'currency') AS documents"
            + " USING (shard, currency)"
            + " WHERE coalesce(booked, 0) <> coalesce(said, 0) ORDER BY shard, currency LIMIT "
            + MOST);
  }

  @Override
  public List<String> violations(Connection snapshot) throws SQLException {
    List<String> wrong = new ArrayList<>();
    try (PreparedStatement select = snapshot.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        wrong.add(row.getString(1));
      }
    }
    return wrong;
  }
}
