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
   * @param position whether to ask where in the log that was
   * @throws RefusedException if it is prepared and must not be committed
   * @throws SQLException if it has failed; the connection may be within a transaction
   */
  Preparation prepare(Connection connection, String gid, Position position, Duration within)
      throws SQLException;

  /**
   * What came of it.
   *
   * @param changed false if there was nothing to prepare, and the transaction has ended
   * @param position of the log after that; empty unless it was asked for
   */
  record Preparation(boolean changed, Optional<String> position) {
    static final Preparation NOTHING = new Preparation(false, Optional.empty());
    static final Preparation DONE = new Preparation(true, Optional.empty());

    static Preparation at(Optional<String> position) {
      return new Preparation(true, position);
    }
  }

  /** Whether it is worth knowing where in the log a branch was worked on or prepared. */
  enum Position {
    UNKNOWN,
    ASKED;

    /** Fails in a transaction that has failed, which {@code COMMIT} would roll back and succeed. */
    String number() {
      return this == ASKED ? NumberedTransaction.NUMBER_AND_PLACE : NumberedTransaction.NUMBER;
    }
  }

  /**
   * Begins and works, and does not end.
   *
   * @param readOnly if nothing may be changed
   * @param last what comes after the work
   * @param position whether to ask where that was, too
   * @return the {@link NumberedTransaction}; empty if it has changed nothing
   * @throws SQLException likewise
   */
  Optional<String> work(
      Connection connection, boolean readOnly, SqlWork last, Position position, Duration within)
      throws SQLException;
}
