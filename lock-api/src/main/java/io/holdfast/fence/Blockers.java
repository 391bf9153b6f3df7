package io.holdfast.fence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Names the transactions that hold a lock on a fence's row, as far as the database knows. Asked on
 * the connection whose seal has just timed out.
 *
 * <p>On PostgreSQL the answer is exact. {@code pg_blocking_pids} answers only while a statement
 * waits, so it would need a second connection. But its sources remain after the wait: the row names
 * the transactions that have locked it, and {@code pg_locks} shows who owns them, also for prepared
 * transactions, which have no process any more. MySQL and MariaDB name the transactions that have
 * locked rows, but not which rows. H2 names the sessions with something to commit.
 *
 * @param dialect of the database
 * @param table the fence's table
 * @param key the column that tells resources apart
 * @param resource whose row it is
 */
record Blockers(SqlDialect dialect, String table, String key, Object resource) {

  private static final int MOST = 5;

  private static final String POSTGRES_WHO =
      " LEFT JOIN pg_stat_activity a ON a.pid = l.pid"
          + " LEFT JOIN pg_prepared_xacts p ON p.transaction = l.transactionid AND l.pid IS NULL"
          + " WHERE l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()";

  private static final String POSTGRES_WHAT =
      "SELECT DISTINCT CASE WHEN p.gid IS NOT NULL THEN 'the prepared transaction ' || p.gid"
          + " ELSE 'process ' || coalesce(l.pid::text, '?')"
          + " || coalesce(', application ' || nullif(a.application_name, ''), '')"
          + " || coalesce(' from ' || host(a.client_addr), '')"
          + " || coalesce(', ' || a.state, '') END"
          + " || coalesce(', open for ' || extract(epoch FROM"
          + " clock_timestamp() - coalesce(p.prepared, a.xact_start))::bigint || ' s', '')"
          + " FROM pg_locks l"
          + POSTGRES_WHO;

  private static final String POSTGRES_ROW =
      " AND l.locktype = 'transactionid'"
          + " AND l.mode = 'ExclusiveLock' AND l.transactionid::text = ?";

  private static final String POSTGRES_TABLE =
      " AND l.locktype = 'relation'"
          + " AND l.relation = to_regclass(?) AND l.mode IN"
          + " ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')";

  private static final String MARIADB =
      "SELECT concat(if(t.trx_mysql_thread_id = 0, 'a prepared transaction',"
          + " concat('connection ', t.trx_mysql_thread_id, coalesce(concat(' of ', p.user, '@',"
          + " p.host, if(p.command = 'Sleep', ', idle in transaction', ', active')), ''))),"
          + " ', open for ', timestampdiff(SECOND, t.trx_started, now()), ' s')"
          + " FROM information_schema.innodb_trx t"
          + " LEFT JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id"
          + " WHERE t.trx_mysql_thread_id <> connection_id() AND t.trx_rows_locked > 0"
          + " ORDER BY t.trx_started";

  private static final String H2 =
      "SELECT 'session ' || session_id || ' of ' || user_name || ', '"
          + " || lower(session_state) || ', connected since ' || session_start"
          + " FROM INFORMATION_SCHEMA.SESSIONS"
          + " WHERE session_id <> SESSION_ID() AND contains_uncommitted";

  /** At most five. */
  List<String> of(Connection connection) throws SQLException {
    return switch (dialect) {
      case POSTGRESQL -> ofPostgres(connection);
      case MYSQL -> texts(connection, MARIADB);
      case H2 -> texts(connection, H2);
      default -> List.of();
    };
  }

  /** Checks the table first: while a transaction locks the table, we cannot read the row. */
  private List<String> ofPostgres(Connection connection) throws SQLException {
    List<String> ofTable = texts(connection, POSTGRES_WHAT + POSTGRES_TABLE, table);
    if (!ofTable.isEmpty()) {
      return ofTable;
    }
    Set<String> ofRow = new LinkedHashSet<>();
    for (String locker : texts(connection, lockerOfRow(), resource)) {
      ofRow.addAll(texts(connection, POSTGRES_WHAT + POSTGRES_ROW, locker));
      if (ofRow.isEmpty()) {
        for (String one : lockersTogether(connection, locker)) {
          ofRow.addAll(texts(connection, POSTGRES_WHAT + POSTGRES_ROW, one));
        }
      }
    }
    return ofRow.stream().limit(MOST).toList();
  }

  private String lockerOfRow() {
    return "SELECT xmax::text FROM " + table + " WHERE " + key + " = ?";
  }

  /** The row names one transaction, or a group of several; the id does not show which. */
  private static List<String> lockersTogether(Connection connection, String locker)
      throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      return texts(
          connection, "SELECT xid::text FROM pg_get_multixact_members(CAST(? AS xid))", locker);
    } catch (SQLException e) {
      connection.rollback(before);
      return List.of();
    }
  }

  private static List<String> texts(Connection connection, String sql, Object... arguments)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        select.setObject(i + 1, arguments[i]);
      }
      List<String> texts = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (texts.size() < MOST && rows.next()) {
          texts.add(String.valueOf(rows.getString(1)).replaceAll("\\p{Cntrl}", "?"));
        }
      }
      return texts;
    }
  }
}
