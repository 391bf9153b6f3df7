package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.AuditRule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A rule of online payment.
 *
 * @param sql selects what is wrong, a sentence each
 */
record PurchaseAudit(String name, String sql) implements AuditRule {

  private static final int MOST = 100;

  private static final AuditRule FIGURES =
      new PurchaseAudit(
          "payments: refunded <= captured <= authorised, as their state says",
          """
          SELECT 'payment ' || id || ' is ' || state || ': authorised ' || authorised
                 || ', captured ' || captured || ', refunded ' || refunded
            FROM (SELECT id, due, body->>'state' AS state, (body->>'authorised')::bigint AS authorised,
                         (body->>'captured')::bigint AS captured,
                         (body->>'refunded')::bigint AS refunded
                    FROM document WHERE kind = 'pay') p
           WHERE NOT (0 <= refunded AND refunded <= captured AND captured <= authorised)
              OR NOT CASE state
                       WHEN 'AUTHORISED' THEN captured < authorised AND due IS NOT NULL
                       WHEN 'CAPTURED' THEN captured > 0 AND due IS NULL
                       ELSE captured = 0 AND due IS NULL
                     END
           ORDER BY 1""");

  private static final AuditRule CHECKOUTS =
      AuditRule.matching(
          "checkouts: each that is taken is so by the one payment of it that is open or captured",
          "SELECT 'checkout ' || id || ' by payment ' || (body->>'payment')"
              + " FROM document WHERE kind = 'checkout'",
          "SELECT 'checkout ' || (body->>'checkout') || ' by payment ' || id"
              + " FROM document WHERE kind = 'pay' AND body->>'state' IN ('AUTHORISED', 'CAPTURED')");

  private static final AuditRule HOLDS =
      new PurchaseAudit(
          "payments: what is open is held, and nothing else is held for them",
          """
          WITH open AS (
            SELECT shard, id, account,
                   (body->>'authorised')::bigint - (body->>'captured')::bigint AS amount
              FROM document WHERE kind = 'pay' AND body->>'state' = 'AUTHORISED'),
          held AS (SELECT shard, id, account, amount FROM hold WHERE id LIKE 'pay\\_%')
          SELECT 'payment ' || id || ': open is ' || coalesce(open.amount, 0)
                 || ', held is ' || coalesce(held.amount, 0)
            FROM open FULL JOIN held USING (shard, id)
           WHERE (open.account, open.amount) IS DISTINCT FROM (held.account, held.amount)
           ORDER BY 1""");

  private static final AuditRule PAYERS =
      new PurchaseAudit(
          "payments: what they say is what went out of the payers' accounts and came back",
          """
          WITH moved AS (
            SELECT d.shard, d.id, coalesce(-sum(e.amount) FILTER (WHERE e.amount < 0), 0) AS captured,
                   coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0) AS refunded
              FROM document d
              JOIN journal j ON j.shard = d.shard AND j.scope = d.id
              JOIN entry e ON e.shard = j.shard AND e.seq = j.seq AND e.account = d.account
             WHERE d.kind = 'pay' GROUP BY 1, 2)
          SELECT 'payment ' || d.id || ': captured ' || (d.body->>'captured') || ' and refunded '
                 || (d.body->>'refunded') || ', booked ' || coalesce(m.captured, 0) || ' and '
                 || coalesce(m.refunded, 0)
            FROM document d LEFT JOIN moved m USING (shard, id)
           WHERE d.kind = 'pay'
             AND (d.body->>'capture' <> 'AUTOMATIC'
                  AND (d.body->>'captured')::bigint <> coalesce(m.captured, 0)
                  OR (d.body->>'refunded')::bigint <> coalesce(m.refunded, 0))
           ORDER BY 1""");

  private static final AuditRule AT_ONCE =
      new PurchaseAudit(
          "payments: what was captured at once went out of the payers' accounts",
          """
          WITH booked AS (
            SELECT e.shard, e.account, -sum(e.amount) AS amount
              FROM journal j JOIN entry e ON e.shard = j.shard AND e.seq = j.seq
                                         AND e.account = j.scope
             WHERE j.type = 'authorise-payment' GROUP BY 1, 2),
          said AS (
            SELECT shard, account, sum((body->>'captured')::bigint) AS amount FROM document
             WHERE kind = 'pay' AND body->>'capture' = 'AUTOMATIC' GROUP BY 1, 2)
          SELECT 'account ' || account || ': its payments say ' || coalesce(s.amount, 0)
                 || ', booked ' || coalesce(b.amount, 0)
            FROM booked b FULL JOIN said s USING (shard, account)
           WHERE coalesce(b.amount, 0) <> coalesce(s.amount, 0)
           ORDER BY 1""");

  private static final AuditRule TAKINGS =
      new PurchaseAudit(
          "settlements: what was settled is what was booked at the merchant's account",
          """
          WITH booked AS (
            SELECT m.shard, m.account,
                   coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0) AS captured,
                   coalesce(-sum(e.amount) FILTER (WHERE e.amount < 0), 0) AS refunded
              FROM document m
              JOIN entry e ON e.shard = m.shard AND e.account = m.account
                          AND e.seq <= (m.body->>'through')::bigint
              JOIN journal j ON j.shard = e.shard AND j.seq = e.seq
             WHERE m.kind = 'merchant'
               AND j.type IN ('authorise-payment', 'capture-payment', 'refund-payment')
             GROUP BY 1, 2),
          settled AS (
            SELECT shard, account, sum((body->'takings'->>'captured')::numeric) AS captured,
                   sum((body->'takings'->>'refunded')::numeric) AS refunded
              FROM document WHERE kind = 'settle' GROUP BY 1, 2)
          SELECT 'merchant ' || account || ': captured ' || coalesce(b.captured, 0)
                 || ' and refunded ' || coalesce(b.refunded, 0) || ', settled '
                 || coalesce(s.captured, 0) || ' and ' || coalesce(s.refunded, 0)
            FROM booked b FULL JOIN settled s USING (shard, account)
           WHERE coalesce(b.captured, 0) <> coalesce(s.captured, 0)
              OR coalesce(b.refunded, 0) <> coalesce(s.refunded, 0)
           ORDER BY 1""");

  private static final AuditRule CARRIED =
      new PurchaseAudit(
          "settlements: what is not paid out, and fees that are not charged, are carried on",
          """
          WITH settled AS (
            SELECT shard, account,
                   sum((body->'takings'->>'captured')::numeric
                       - (body->'takings'->>'refunded')::numeric
                       - (body->'takings'->>'fees')::numeric
                       - (body->>'paid')::numeric) AS carried,
                   sum((body->'takings'->>'fees')::numeric
                       - (body->>'charged')::numeric) AS fees
              FROM document WHERE kind = 'settle' GROUP BY 1, 2)
          SELECT 'merchant ' || account || ': carries ' || (m.body->>'carried') || ' and fees of '
                 || (m.body->>'unpaidFees') || ', the settlements leave ' || coalesce(s.carried, 0)
                 || ' and ' || coalesce(s.fees, 0)
            FROM document m LEFT JOIN settled s USING (shard, account)
           WHERE m.kind = 'merchant'
             AND ((m.body->>'carried')::numeric <> coalesce(s.carried, 0)
                  OR (m.body->>'unpaidFees')::numeric <> coalesce(s.fees, 0))
           ORDER BY 1""");

  private static final AuditRule PAYOUTS =
      new PurchaseAudit(
          "settlements: what was paid and charged is in the accounts 'payout' and 'fees'",
          """
          WITH booked AS (
            SELECT e.shard, e.currency::text AS currency,
                   coalesce(sum(e.amount) FILTER (WHERE e.account LIKE 'payout:%'), 0) AS paid,
                   coalesce(sum(e.amount) FILTER (WHERE e.account LIKE 'fees:%'), 0) AS charged
              FROM entry e JOIN journal j ON j.shard = e.shard AND j.seq = e.seq
             WHERE j.type = 'settle-day' GROUP BY 1, 2),
          settled AS (
            SELECT shard, body->>'currency' AS currency, sum((body->>'paid')::numeric) AS paid,
                   sum((body->>'charged')::numeric) AS charged
              FROM document WHERE kind = 'settle' GROUP BY 1, 2)
          SELECT 'shard ' || shard || ', ' || currency || ': paid ' || coalesce(b.paid, 0)
                 || ' and charged ' || coalesce(b.charged, 0) || ', the settlements say '
                 || coalesce(s.paid, 0) || ' and ' || coalesce(s.charged, 0)
            FROM booked b FULL JOIN settled s USING (shard, currency)
           WHERE coalesce(b.paid, 0) <> coalesce(s.paid, 0)
              OR coalesce(b.charged, 0) <> coalesce(s.charged, 0)
           ORDER BY 1""");

  static final List<AuditRule> RULES =
      List.of(FIGURES, CHECKOUTS, HOLDS, PAYERS, AT_ONCE, TAKINGS, CARRIED, PAYOUTS);

  @Override
  public List<String> violations(Connection snapshot) throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement select = snapshot.prepareStatement(sql)) {
      select.setMaxRows(MOST);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
    }
    return found;
  }
}
