package io.holdfast.payment.scenario.approval;

import io.holdfast.payment.ledger.AuditRule;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What must be true of approvals: two operators, and what the journal says. */
final class ApprovalAudit {

  private ApprovalAudit() {}

  private static final AuditRule TWO_OPERATORS =
      AuditRule.of(
          "what was approved was so by another operator, in time",
          """
          SELECT 'approval ' || id || ' is ' || (body->>'state') || ' and does not look like it'
          FROM document WHERE kind = 'approval' AND NOT coalesce(
            CASE body->>'state'
            WHEN 'PROPOSED' THEN due IS NOT NULL AND body->>'decider' IS NULL
            WHEN 'EXECUTED' THEN due IS NULL AND body->>'decider' <> body->>'proposer'
              AND (body->>'decided')::timestamptz < (body->>'expires')::timestamptz
            WHEN 'REJECTED' THEN due IS NULL AND body->>'decider' IS NOT NULL
            ELSE due IS NULL AND body->>'decider' IS NULL END, false)
          ORDER BY 1 LIMIT 100
          """);

  private static final AuditRule EXECUTED_ONCE =
      AuditRule.of(
          "what was approved was done once, by who is named",
          """
          WITH done AS (
            SELECT shard, scope AS id, min(caller) AS decider, count(*) AS times
            FROM journal
            WHERE type = 'approve' AND ('x' || split_part(scope, '_', 2))::bit(12)::int = shard
            GROUP BY 1, 2),
          said AS (
            SELECT shard, id, body->>'state' AS state, body->>'decider' AS decider
            FROM document WHERE kind = 'approval')
          SELECT 'approval ' || id || ' is ' || coalesce(state, 'not there') || ' by '
                 || coalesce(said.decider, 'nobody') || ' and was done '
                 || coalesce(times, 0) || ' times by ' || coalesce(done.decider, 'nobody')
          FROM said FULL JOIN done USING (shard, id)
          WHERE CASE state WHEN 'EXECUTED' THEN coalesce(times, 0) <> 1
                  OR done.decider <> said.decider
                ELSE times IS NOT NULL END
          ORDER BY 1 LIMIT 100
          """);

  private static final AuditRule PROPOSED =
      AuditRule.of(
          "what waits for approval or had it was proposed like that, by who is named",
          """
          SELECT 'approval ' || id || ' was not proposed like that by ' || (body->>'proposer')
          FROM document WHERE kind = 'approval' AND NOT EXISTS (
            SELECT FROM journal
            WHERE journal.shard = document.shard
              AND journal.type = 'propose-' || (body->>'operation')
              AND journal.caller = body->>'proposer'
              AND journal.request::jsonb = body->'request')
          ORDER BY 1 LIMIT 100
          """);

  /** With the types of what needs two operators. */
  static List<AuditRule> rules(Collection<String> guarded) {
    return List.of(TWO_OPERATORS, EXECUTED_ONCE, PROPOSED, notAlone(guarded));
  }

  private static AuditRule notAlone(Collection<String> guarded) {
    String types =
        guarded.stream().sorted().map(each -> "'" + each + "'").collect(Collectors.joining(", "));
    return AuditRule.of(
        "nothing that needs two operators was done by one",
        "SELECT type || ' by ' || caller || ' alone: shard ' || shard || ', ' || seq"
            + " FROM journal WHERE type IN ("
            + (types.isEmpty() ? "''" : types)
            + ") ORDER BY 1 LIMIT 100");
  }
}
