package io.holdfast.payment.old;

import io.holdfast.payment.ledger.IdempotencyKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The entries of one instruction, written in one batch. They must sum to zero in each shard. */
final class Entries implements AutoCloseable {

  private final PreparedStatement insert;
  private final IdempotencyKey key;

  Entries(Connection connection, IdempotencyKey key) throws SQLException {
    this.insert =
        connection.prepareStatement(
            "INSERT INTO entry (transfer, shard, account, amount) VALUES (?, ?, ?, ?)");
    this.key = key;
  }

  void add(int shard, String account, long amount) throws SQLException {
    insert.setString(1, key.value());
    insert.setInt(2, shard);
    insert.setString(3, account);
    insert.setLong(4, amount);
    insert.addBatch();
  }

  void write() throws SQLException {
    insert.executeBatch();
  }

  @Override
  public void close() throws SQLException {
    insert.close();
  }
}
