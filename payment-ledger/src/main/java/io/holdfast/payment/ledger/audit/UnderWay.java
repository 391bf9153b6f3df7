package io.holdfast.payment.ledger.audit;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/** What is not decided, and what is locked by it. */
final class UnderWay {

  private static final String HERE =
      " JOIN (SELECT shard FROM shard WHERE state = 'HERE') here USING (shard)";

  private final Notes notes;
  private final Set<String> transactions = new HashSet<>();

  UnderWay(Notes notes) {
    this.notes = notes;
  }

  /** Those with a branch that is open, in all databases looked at. */
  Set<String> transactions() {
    return transactions;
  }

  void check(Snapshot snapshot) throws SQLException {
    notes.looked(Check.UNDER_WAY);
    snapshot.each(
        row -> {
          transactions.add(transactionOf(row.getString(2)));
          long late = row.getLong(3);
          wrong(
              snapshot,
              "in shard %d the branch %s waits for its decision, which is due %s"
                  .formatted(
                      row.getInt(1),
                      row.getString(2),
                      late >= 0 ? "since " + late + " s" : "in " + -late + " s"));
        },
        "SELECT shard, id, extract(epoch FROM clock_timestamp() - deadline)::bigint FROM branch"
            + HERE
            + " ORDER BY shard, id");
    snapshot.each(
        row ->
            wrong(
                snapshot,
                "in shard %d the request %s is pending since %d s%s"
                    .formatted(
                        row.getInt(1),
                        new RequestKey(row.getString(2), row.getString(3), row.getString(4)),
                        row.getLong(5),
                        row.getBoolean(6) ? "" : ", and its branch is gone")),
        "SELECT shard, caller, scope, key, extract(epoch FROM clock_timestamp() - at)::bigint,"
            + " EXISTS (SELECT FROM branch b WHERE b.shard = o.shard AND b.id = o.transaction)"
            + " FROM operation o"
            + HERE
            + " WHERE state = 'PENDING' ORDER BY shard, caller, scope, key");
    locks(snapshot, "document");
    locks(snapshot, "hold");
  }

  /** A branch is called {@code hf:}, the transaction, a colon and its number there. */
  private static String transactionOf(String branch) {
    int end = branch.lastIndexOf(':');
    return branch.startsWith("hf:") && end > 3 ? branch.substring(3, end) : branch;
  }

  private void locks(Snapshot snapshot, String table) throws SQLException {
    snapshot.each(
        row -> {
          notes.looked(Check.LOCK);
          if (!row.getBoolean(4)) {
            notes.wrong(
                Check.LOCK,
                snapshot.name() + ", shard " + row.getInt(1),
                "the %s %s is locked by %s, which is gone"
                    .formatted(table, row.getString(2), row.getString(3)));
          }
        },
        "SELECT shard, id, locked_by,"
            + " EXISTS (SELECT FROM branch b WHERE b.shard = t.shard AND b.id = t.locked_by)"
            + " FROM "
            + table
            + " t"
            + HERE
            + " WHERE locked_by IS NOT NULL ORDER BY shard, id");
  }

  private void wrong(Snapshot snapshot, String what) {
    notes.wrong(Check.UNDER_WAY, snapshot.name(), what);
  }
}
