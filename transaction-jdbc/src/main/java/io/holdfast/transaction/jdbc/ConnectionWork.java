package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** What a branch does with a connection, in a transaction that was begun for it. */
@FunctionalInterface
public interface ConnectionWork {

  /**
   * Works. Must neither commit nor roll back, nor keep the connection: its {@code commit}, {@code
   * rollback} and {@code setAutoCommit(true)} throw, and where a statement has ended the
   * transaction all the same the branch refuses, though what was committed stays.
   *
   * @throws SQLException if the branch refuses
   */
  void run(Connection connection) throws SQLException;
}
