package io.holdfast.payment.ledger.internal;

import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.StaleOwnerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The row of a shard in one of the databases, which is its fence there. */
final class ShardRow {

  private static final JdbcFence<Integer> FENCES =
      JdbcFence.inColumns("shard", "shard", "fence_token", JdbcFence.Column.UUID);

  private ShardRow() {}

  /**
   * Puts the owner's token there.
   *
   * @throws StaleOwnerException if there is a greater one
   */
  static void seal(Connection connection, Fence fence) throws SQLException {
    try {
      FENCES.seal(connection, fence.shard(), fence.token());
    } catch (StaleTokenException e) {
      throw new StaleOwnerException(fence.shard(), e);
    }
  }

  /** Locks the shard's row if it is as expected, and says how often it has moved. */
  static long lock(Connection connection, int shard, UUID token, String condition)
      throws SQLException {
    List<Long> locked = new ArrayList<>();
    new Message(connection)
        .query(
            row -> locked.add(row.getLong(1)),
            "SELECT moves FROM shard WHERE shard = ? AND fence_token = ? AND "
                + condition
                + " FOR NO KEY UPDATE",
            shard,
            token)
        .run();
    if (locked.isEmpty()) {
      throw new StaleOwnerException(shard, null);
    }
    return locked.get(0);
  }
}
