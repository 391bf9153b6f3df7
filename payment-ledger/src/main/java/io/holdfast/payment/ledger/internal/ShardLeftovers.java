package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Fence;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Rows of a shard in a database where the shard is not, or not yet. */
final class ShardLeftovers {

  private static final int CLEARED_ROWS = 5_000;

  private static final List<String> TABLES =
      List.of("account", "operation", "journal", "entry", "hold", "document", "event", "branch");

  private ShardLeftovers() {}

  /**
   * Removes what moves that ended in the middle have left in a database where a shard is not.
   *
   * @param fence of its owner, which has it in another database
   */
  static void tidy(LedgerDatabase database, Fence fence) {
    int shard = fence.shard();
    UUID token = fence.token().toUuid();
    database.run(
        connection -> {
          ShardRow.seal(connection, fence);
          return true;
        });
    clear(database, shard, token, "state IN ('ARRIVING', 'MOVED')");
    database.run(
        connection -> {
          ShardRow.lock(connection, shard, token, "state IN ('ARRIVING', 'MOVED')");
          new Message(connection)
              .change(
                  "UPDATE shard SET state = 'ABSENT', moves = 0"
                      + " WHERE shard = ? AND state = 'ARRIVING'",
                  shard)
              .run();
          return true;
        });
  }

  /** Those of these shards that have left something in a database where they are not. */
  static List<Integer> untidy(LedgerDatabase database, List<Integer> shards) {
    StringBuilder rows = new StringBuilder("s.state = 'ARRIVING'");
    TABLES.forEach(
        table ->
            rows.append(" OR EXISTS (SELECT FROM ")
                .append(table)
                .append(" WHERE shard = s.shard)"));
    return database.run(
        connection -> {
          List<Integer> found = new ArrayList<>();
          Message message = new Message(connection);
          message
              .query(
                  row -> found.add(row.getInt(1)),
                  "SELECT s.shard FROM shard s WHERE s.state IN ('ARRIVING', 'MOVED')"
                      + " AND s.shard = ANY (?) AND ("
                      + rows
                      + ")",
                  message.array("int4", shards))
              .run();
          return found;
        });
  }

  /**
   * Removes the rows, many at a time, as long as the shard's row has this token.
   *
   * @param condition which the shard's row has to meet as well
   */
  static void clear(LedgerDatabase database, int shard, UUID token, String condition) {
    for (String table : TABLES) {
      String sql =
          "DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE shard = ? LIMIT %2$d))"
              .formatted(table, CLEARED_ROWS);
      int removed;
      do {
        removed =
            database.run(
                connection -> {
                  ShardRow.lock(connection, shard, token, condition);
                  try (PreparedStatement delete = connection.prepareStatement(sql)) {
                    delete.setInt(1, shard);
                    return delete.executeUpdate();
                  }
                });
      } while (removed == CLEARED_ROWS);
    }
  }
}
