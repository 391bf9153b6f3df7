package io.holdfast.payment.ledger.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The requests of a shard against its journal. */
final class Operations {

  private static final String ROWS =
      """
      SELECT caller, scope, key, o.state, o.type, o.transaction,
        coalesce(j.rows, 0), j.seq, j.type, j.transaction
      FROM (SELECT caller, scope, key, state, type, transaction FROM operation WHERE shard = ?) o
      FULL JOIN (
        SELECT caller, scope, key, count(*) AS rows, min(seq) AS seq, min(type) AS type,
          min(transaction) AS transaction
        FROM journal WHERE shard = ? GROUP BY caller, scope, key) j
      USING (caller, scope, key)
      """;

  private final Snapshot snapshot;
  private final Notes notes;
  private final Answers answers;
  private final int shard;
  private final int shards;
  private final String where;

  Operations(Snapshot snapshot, Notes notes, Answers answers, int shard, int shards, String where) {
    this.snapshot = snapshot;
    this.notes = notes;
    this.answers = answers;
    this.shard = shard;
    this.shards = shards;
    this.where = where;
  }

  void check() throws SQLException {
    snapshot.each(this::check, ROWS, shard, shard);
  }

  private void check(ResultSet row) throws SQLException {
    RequestKey key = new RequestKey(row.getString(1), row.getString(2), row.getString(3));
    String state = row.getString(4);
    long rows = row.getLong(7);
    if (rows > 0) {
      notes.looked(Check.DUPLICATE);
    }
    if (rows > 1) {
      notes.wrong(
          Check.DUPLICATE,
          where,
          "the request %s has %d journal rows, the first is %d"
              .formatted(key, rows, row.getLong(8)));
    }
    if (key.home(shards) != shard) {
      elsewhere(row, key);
    } else if (state == null) {
      notes.looked(Check.OPERATION);
      wrong("row %d of the journal, %s, is of no request".formatted(row.getLong(8), key));
    } else {
      answers.operation(key, state);
      here(row, key, state, rows);
    }
  }

  /** A part that another shard's request has here. */
  private void elsewhere(ResultSet row, RequestKey key) throws SQLException {
    if (row.getString(4) != null) {
      wrong("the request " + key + " belongs to another shard");
    }
    if (row.getLong(7) > 0 && row.getString(10) == null) {
      wrong(
          "row %d of the journal, %s, belongs to another shard and to no transaction"
              .formatted(row.getLong(8), key));
    }
  }

  private void here(ResultSet row, RequestKey key, String state, long rows) throws SQLException {
    if (state.equals("REFUSED")) {
      notes.looked(Check.REFUSAL);
      if (rows > 0) {
        notes.wrong(
            Check.REFUSAL,
            where,
            "the request %s was refused, and is row %d of the journal"
                .formatted(key, row.getLong(8)));
      }
      return;
    }
    notes.looked(Check.OPERATION);
    if (state.equals("PENDING")) {
      if (rows > 0) {
        wrong("the request %s is pending, and is in the journal".formatted(key));
      }
    } else if (rows == 0) {
      wrong("the request %s is done, and not in the journal".formatted(key));
    } else if (!row.getString(5).equals(row.getString(9))) {
      wrong(
          "the request %s is of type %s, and in the journal of type %s"
              .formatted(key, row.getString(5), row.getString(9)));
    } else if (!isOf(row.getString(6), row.getString(10))) {
      wrong("the request %s and its journal row are of different transactions".formatted(key));
    }
  }

  /** The request names its branch, the journal the transaction. */
  private static boolean isOf(@Nullable String branch, @Nullable String transaction) {
    if (branch == null || transaction == null) {
      return branch == null && transaction == null;
    }
    return branch.equals(transaction) || branch.startsWith("hf:" + transaction + ":");
  }

  private void wrong(String what) {
    notes.wrong(Check.OPERATION, where, what);
  }
}
