package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** How the work of a branch gets to the database. Blocks. */
interface BranchWork {

  /**
   * Begins, works, and prepares.
   *
   * @param gid what the prepared transaction is to be called
   * @throws RefusedException if it is prepared and must not be committed
   * @throws SQLException if it has failed; the connection may be within a transaction
   */
  void prepare(Connection connection, String gid, Duration within) throws SQLException;

  /**
   * Begins and works, and does not end.
   *
   * @param readOnly if nothing may be changed
   * @param last what comes after the work
   * @return PostgreSQL's number of the transaction; empty if it has changed nothing
   * @throws SQLException likewise
   */
  Optional<String> work(Connection connection, boolean readOnly, SqlWork last, Duration within)
      throws SQLException;
}
