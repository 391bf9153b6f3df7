package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.AuditRule;
import java.util.List;

/** What must be true of money that was brought in, and of requests for money. */
final class WalletAudit {

  private WalletAudit() {}

  private static final AuditRule FUNDING =
      AuditRule.of(
          "money was brought in as two operators approved",
          """
          WITH shown AS (
            SELECT shard, currency::text AS currency, -sum(amount) AS amount
            FROM entry WHERE account LIKE 'equity:%' GROUP BY 1, 2),
          approved AS (
            SELECT shard, body->'request'->>'currency' AS currency,
                   sum((body->'request'->>'amount')::numeric) AS amount
            FROM document
            WHERE kind = 'approval' AND body->>'operation' = 'fund' AND body->>'state' = 'EXECUTED'
            GROUP BY 1, 2)
          SELECT 'shard ' || shard || ': ' || coalesce(shown.amount, 0) || ' ' || currency
                 || ' was brought in, the approvals say ' || coalesce(approved.amount, 0)
          FROM shown FULL JOIN approved USING (shard, currency)
          WHERE coalesce(shown.amount, 0) <> coalesce(approved.amount, 0)
          ORDER BY 1 LIMIT 100
          """);

  private static final AuditRule PAID_ONCE =
      AuditRule.of(
          "requests for money were paid once or not at all",
          """
          WITH payments AS (
            SELECT shard, scope AS id, account, -sum(amount) AS amount
            FROM journal JOIN entry USING (shard, seq)
            WHERE type = 'pay-request' AND account NOT LIKE '%:%'
            GROUP BY 1, 2, 3 HAVING sum(amount) < 0),
          requests AS (
            SELECT shard, id, account, body->>'state' AS state,
                   CASE body->>'state' WHEN 'PAID' THEN (body->'amount'->>'amount')::numeric
                   ELSE 0 END AS amount
            FROM document WHERE kind = 'request')
          SELECT 'request ' || id || ' is ' || coalesce(state, 'not there') || ' and '
                 || coalesce(payments.amount, 0) || ' was paid'
          FROM payments FULL JOIN requests USING (shard, id, account)
          WHERE coalesce(payments.amount, 0) <> coalesce(requests.amount, 0)
          ORDER BY 1 LIMIT 100
          """);

  private static final AuditRule SENSE =
      AuditRule.of(
          "requests for money make sense",
          """
          SELECT 'request ' || id || ' is ' || (body->>'state') || ' and does not look like it'
          FROM document WHERE kind = 'request' AND NOT coalesce(
            account = body->>'payer' AND other = body->>'payee'
            AND (body->'amount'->>'amount')::numeric > 0
            AND CASE body->>'state'
                WHEN 'OPEN' THEN due IS NOT NULL AND body->>'decided' IS NULL
                WHEN 'PAID' THEN due IS NULL
                  AND (body->>'decided')::timestamptz < (body->>'expires')::timestamptz
                ELSE due IS NULL AND body->>'decided' IS NOT NULL END, false)
          ORDER BY 1 LIMIT 100
          """);

  static final List<AuditRule> RULES = List.of(FUNDING, PAID_ONCE, SENSE);
}
