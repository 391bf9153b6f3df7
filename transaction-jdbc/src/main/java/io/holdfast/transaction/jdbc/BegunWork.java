package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that code of the application has done in a transaction that {@link #begin} began: what
 * remains is to prepare or to commit it.
 *
 * <p>The code must not have ended the transaction: what it has committed stays, whatever becomes of
 * the other branches. The connection that it was given does not; and a setting that ends with the
 * transaction tells when it has found another way.
 */
final class BegunWork implements BranchWork {

  static final BegunWork INSTANCE = new BegunWork();

  private static final Logger LOG = LoggerFactory.getLogger(BegunWork.class);
  private static final String MARK = "SET LOCAL holdfast.branch = 'on'";

  /** Fails in a transaction that has failed. */
  private static final String MARKED =
      "SELECT current_setting('holdfast.branch', true), txid_current_if_assigned(),";

  /** Of a transaction that was ended where it must not be. */
  private static final String INVALID_TERMINATION = "2D000";

  private BegunWork() {}

  /** Before the code works: no statement of it takes longer than {@code within}. */
  static void begin(Connection connection, Duration within) throws SQLException {
    connection.setAutoCommit(false);
    execute(connection, MessageWork.timeout(within) + ";" + MARK);
  }

  @Override
  public Preparation prepare(Connection connection, String gid, Position position, Duration within)
      throws SQLException {
    if (!changed(connection, within)) {
      execute(connection, "COMMIT");
      return Preparation.NOTHING;
    }
    List<String> all = MessageWork.preparation(gid, position);
    try (Statement statement = connection.createStatement()) {
      statement.execute(String.join(";", all));
      Replication.require(connection, statement.getWarnings(), MessageWork.seconds(within));
      if (position == Position.UNKNOWN) {
        return Preparation.DONE;
      }
      for (int i = 1; i < all.size(); i++) {
        statement.getMoreResults();
      }
      try (ResultSet row = statement.getResultSet()) {
        return Preparation.at(MessageWork.answer(row));
      }
    }
  }

  @Override
  public Optional<String> work(
      Connection connection, boolean readOnly, SqlWork last, Position position, Duration within)
      throws SQLException {
    changed(connection, within);
    for (SqlWork.Statement statement : last.statements()) {
      try (PreparedStatement each = connection.prepareStatement(statement.sql())) {
        int parameter = 0;
        for (Object value : statement.parameters()) {
          each.setObject(++parameter, value);
        }
        each.execute();
      }
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(position.number())) {
      return MessageWork.answer(row);
    }
  }

  /**
   * Whether the transaction has changed anything or locked a row.
   *
   * @param within how long each statement may take from now on
   * @throws SQLException if it is another than was begun
   */
  private static boolean changed(Connection connection, Duration within) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(MARKED + MessageWork.timeoutToo(within))) {
      row.next();
      if ("on".equals(row.getString(1))) {
        return row.getString(2) != null;
      }
    }
    String what =
        "the work has ended the transaction that was begun for it: what it did until then stays,"
            + " whatever becomes of the other branches";
    LOG.error("{}; a branch must neither commit nor roll back", what);
    throw new SQLException(what, INVALID_TERMINATION);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
