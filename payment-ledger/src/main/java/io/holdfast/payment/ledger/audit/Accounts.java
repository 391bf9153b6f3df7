package io.holdfast.payment.ledger.audit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The accounts of a shard against their entries, their holds and what open branches promise. */
final class Accounts {

  /** A branch's body says what it has added to held and incoming, by account. */
  private static final String ROWS =
      """
      WITH promised AS (
        SELECT account, sum(held) AS held, sum(incoming) AS incoming FROM (
          SELECT account, amount::numeric AS held, 0 AS incoming FROM hold WHERE shard = ?
          UNION ALL
          SELECT each.key, each.value::numeric, 0
            FROM branch, jsonb_each_text(body::jsonb -> 'held') each WHERE shard = ?
          UNION ALL
          SELECT each.key, 0, each.value::numeric
            FROM branch, jsonb_each_text(body::jsonb -> 'incoming') each WHERE shard = ?
        ) promise GROUP BY account)
      SELECT coalesce(a.id, p.account), a.id IS NOT NULL, a.type, a.currency, a.status,
        a.posted, a.held, a.incoming, coalesce(p.held, 0), coalesce(p.incoming, 0),
        a.posted::numeric - a.held + a.credit_limit
      FROM (SELECT * FROM account WHERE shard = ?) a FULL JOIN promised p ON p.account = a.id
      """;

  private final Snapshot snapshot;
  private final Notes notes;
  private final int shard;
  private final int shards;
  private final String where;

  Accounts(Snapshot snapshot, Notes notes, int shard, int shards, String where) {
    this.snapshot = snapshot;
    this.notes = notes;
    this.shard = shard;
    this.shards = shards;
    this.where = where;
  }

  void check(Balances balances) throws SQLException {
    snapshot.each(row -> check(row, balances), ROWS, shard, shard, shard, shard);
    for (String account : balances.rest()) {
      notes.wrong(Check.POSTED, where, account + " has entries, and there is no such account");
    }
  }

  private void check(ResultSet row, Balances balances) throws SQLException {
    String account = row.getString(1);
    if (!row.getBoolean(2)) {
      notes.wrong(
          Check.HELD, where, account + " has something promised, and there is no such account");
      return;
    }
    String currency = row.getString(4);
    place(account, currency, row.getString(3));
    BigInteger sum = balances.take(account, currency).orElse(BigInteger.ZERO);
    notes.looked(Check.POSTED);
    same(Check.POSTED, account, "posted", row.getLong(6), new BigDecimal(sum), "its entries");
    if (account.indexOf(':') < 0) {
      client(row, account);
    } else if (row.getLong(7) != 0 || row.getLong(8) != 0) {
      notes.wrong(Check.HELD, where, account + " is the ledger's own and has something promised");
    }
  }

  private void client(ResultSet row, String account) throws SQLException {
    notes.looked(Check.HELD);
    same(Check.HELD, account, "held", row.getLong(7), row.getBigDecimal(9), "holds and promises");
    notes.looked(Check.INCOMING);
    same(Check.INCOMING, account, "incoming", row.getLong(8), row.getBigDecimal(10), "promises");
    notes.looked(Check.AVAILABLE);
    BigDecimal available = row.getBigDecimal(11);
    if (available.signum() < 0) {
      notes.wrong(Check.AVAILABLE, where, account + " has " + available + " available");
    }
    if ("CLOSED".equals(row.getString(5))) {
      notes.looked(Check.CLOSED);
      if (row.getLong(6) != 0 || row.getLong(7) != 0 || row.getLong(8) != 0) {
        notes.wrong(Check.CLOSED, where, account + " is closed and not empty");
      }
    }
  }

  private void same(
      Check check, String account, String what, long said, BigDecimal right, String by) {
    if (BigDecimal.valueOf(said).compareTo(right) != 0) {
      notes.wrong(
          check,
          where,
          "%s of %s is %d, and by %s %s".formatted(what, account, said, by, right.toPlainString()));
    }
  }

  /** A client's account is where its name says; the ledger's own say it themselves. */
  private void place(String account, String currency, String type) {
    boolean system = account.indexOf(':') >= 0;
    boolean right =
        system
            ? account.endsWith(":" + shard + ":" + currency)
            : RequestKey.home(account, shards) == shard;
    if (!right) {
      notes.wrong(Check.PLACEMENT, where, "the account " + account + " does not belong here");
    }
    if (system != "SYSTEM".equals(type)) {
      notes.wrong(Check.POSTED, where, account + " is called like no account of type " + type);
    }
  }
}
