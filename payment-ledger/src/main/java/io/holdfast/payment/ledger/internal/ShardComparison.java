package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.LedgerUnavailableException;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares a shard in two databases: how many rows there are, the sums of what accounts have, and
 * the last hash of the journal. Used by one thread.
 */
final class ShardComparison {

  private final LedgerDatabase source;
  private final LedgerDatabase target;
  private final int shard;

  /** Up to here both sides were found to have as much of the journal. */
  private long compared;

  ShardComparison(LedgerDatabase source, LedgerDatabase target, int shard) {
    this.source = source;
    this.target = target;
    this.shard = shard;
  }

  /**
   * The journal up to here, as far as that was not compared before.
   *
   * @throws LedgerUnavailableException if it is not the same
   */
  void journal(long seq) {
    compare(
        "SELECT concat_ws(' ', (SELECT count(*) FROM journal WHERE shard = ? AND seq > ? AND seq <="
            + " ?), (SELECT count(*) FROM entry WHERE shard = ? AND seq > ? AND seq <= ?))",
        shard,
        compared,
        seq,
        shard,
        compared,
        seq);
    compared = seq;
  }

  /**
   * All but the journal.
   *
   * @throws LedgerUnavailableException if it is not the same
   */
  void all() {
    compare(
        "SELECT concat_ws(' ', s.seq, encode(s.hash, 'hex'),"
            + " (SELECT encode(hash, 'hex') FROM journal j WHERE j.shard = s.shard"
            + " ORDER BY j.seq DESC LIMIT 1),"
            + " (SELECT concat_ws('/', count(*), sum(posted), sum(held), sum(incoming))"
            + " FROM account WHERE shard = s.shard),"
            + " (SELECT count(*) FROM operation WHERE shard = s.shard),"
            + " (SELECT count(*) FROM hold WHERE shard = s.shard),"
            + " (SELECT count(*) FROM document WHERE shard = s.shard),"
            + " (SELECT count(*) FROM event WHERE shard = s.shard),"
            + " (SELECT count(*) FROM branch WHERE shard = s.shard))"
            + " FROM shard s WHERE shard = ?",
        shard);
  }

  private void compare(String sql, Object... parameters) {
    String here = text(source, sql, parameters);
    String there = text(target, sql, parameters);
    if (!here.equals(there)) {
      throw new LedgerUnavailableException(
          "the copy of shard %d differs: %s in %s, %s in %s"
              .formatted(shard, here, source.name(), there, target.name()),
          null);
    }
  }

  private static String text(LedgerDatabase database, String sql, Object... parameters) {
    return database.run(
        connection -> {
          List<String> found = new ArrayList<>();
          new Message(connection)
              .query((ResultSet row) -> found.add(row.getString(1)), sql, parameters)
              .run();
          return found.get(0);
        });
  }
}
