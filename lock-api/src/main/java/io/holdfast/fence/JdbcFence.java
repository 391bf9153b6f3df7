package io.holdfast.fence;

import io.holdfast.lock.FencingToken;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Guards data in a database, within the caller's own transactions: nothing is committed here.
 *
 * <p>One row per resource holds the token that sealed it last. {@link #seal} changes that row;
 * {@link #check} locks it for sharing until the caller's transaction ends. So a seal waits until
 * every write that has passed its check is committed or rolled back. After it, no write of an
 * earlier holder passes. Writers of one holder do not wait for each other.
 *
 * <pre>
 *   first thing under a new grant       every write under it
 *   -----------------------------       --------------------
 *   seal(connection, name, token)       check(connection, name, token)
 *   connection.commit()                 ... the caller's own statements ...
 *                                       connection.commit()
 * </pre>
 *
 * <p>Seal in a transaction of its own, or as the first statement of the transaction that reads:
 * data read before the seal may be changed by the previous holder. If a transaction takes all its
 * reads from one snapshot, this is true of reads after the seal too. So there a seal is refused
 * with {@link IllegalStateException}: with auto-commit off at REPEATABLE READ and above, except
 * where these levels read under locks (SERIALIZABLE on MySQL and MariaDB; all but SNAPSHOT on SQL
 * Server). A check works at every level. If the transaction began before the seal, the check fails
 * with SQL state 40001 (MariaDB with snapshot isolation: error 1020); then repeat the transaction.
 * A level that was not set through JDBC may go unnoticed.
 *
 * <p>The connection tells which database it is: PostgreSQL, MySQL, MariaDB, Oracle, SQL Server or
 * H2; others are refused. Oracle and H2 have no shared row lock, so there writers of one holder
 * wait for each other. A read-only connection is refused, because it may lead to a replica. If
 * several servers of a cluster take writes (Galera, group replication), send all writes to one of
 * them: only the server that sets a row lock knows of it. Thread-safe.
 *
 * @param <K> the type of the key of a resource in the table, for example {@code String} or {@code
 *     Integer}
 */
public final class JdbcFence<K> {

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,126}");

  /** The form of a token in its column. Both sort as tokens do. */
  public enum Column {
    /**
     * {@code uuid} of PostgreSQL and H2: 16 bytes. The UUIDs of other databases sort differently.
     */
    UUID,
    /** Its text form, 36 characters of ASCII. */
    TEXT;

    private Object valueOf(FencingToken token) {
      return this == UUID ? token.toUuid() : token.toString();
    }
  }

  private static final String INTEGRITY_VIOLATION = "23";

  private final String table;
  private final String key;
  private final Column column;
  private final Map<SqlDialect, FenceSql> statements = new EnumMap<>(SqlDialect.class);

  private JdbcFence(String table, String key, String token, Column column) {
    for (String identifier : new String[] {table, key, token}) {
      if (!IDENTIFIER.matcher(identifier).matches()) {
        throw new IllegalArgumentException("not an SQL identifier: " + identifier);
      }
    }
    this.table = table;
    this.key = key;
    this.column = column;
    for (SqlDialect dialect : SqlDialect.values()) {
      statements.put(dialect, dialect.statements(table, key, token));
    }
  }

  /** Tokens in a table of their own, made with {@link #ddl}. */
  public static JdbcFence<String> inTable(String table, Column column) {
    return new JdbcFence<>(table, "name", "token", column);
  }

  /**
   * Tokens in a table of the application, which has a row for every resource.
   *
   * @param key the column that tells resources apart
   * @param token a column that is never null and starts with {@link FencingToken#NONE}
   * @throws IllegalArgumentException if a name is not a plain SQL identifier
   */
  public static <K> JdbcFence<K> inColumns(String table, String key, String token, Column column) {
    return new JdbcFence<>(table, key, token, column);
  }

  /**
   * The statement that creates the table of {@link #inTable} in the connection's database.
   *
   * @throws IllegalStateException if the database has no such column that sorts as tokens do
   */
  public static String ddl(Connection connection, String table, Column column) throws SQLException {
    if (!IDENTIFIER.matcher(table).matches()) {
      throw new IllegalArgumentException("not an SQL identifier: " + table);
    }
    SqlDialect dialect = SqlDialect.of(connection);
    dialect.requireOrdered(column);
    return dialect.ddl(table, column);
  }

  /**
   * Makes the row of a resource, sealed by nobody, if it is not there. If two transactions do so at
   * the same time, the later one waits until the earlier one has ended. A transaction that reads
   * from one snapshot can then fail, as in {@link #check}, and must be repeated.
   */
  public void enrol(Connection connection, K resource) throws SQLException {
    FenceSql sql = statements(SqlDialect.of(connection));
    // A statement of its own: one that reads and inserts sees the row change under its snapshot.
    if (tokenOf(connection, sql, resource).isPresent()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(sql.enrol())) {
      insert.setObject(1, resource);
      insert.setObject(2, column.valueOf(FencingToken.NONE));
      insert.executeUpdate();
    } catch (SQLException e) {
      // Somebody else enrolled it in between.
      if (!String.valueOf(e.getSQLState()).startsWith(INTEGRITY_VIOLATION)) {
        throw e;
      }
    }
  }

  /**
   * As {@link FenceGuard#seal}; takes effect when the caller commits. Waits for the open
   * transactions that have passed {@link #check}, for as long as they are open and the connection's
   * own settings allow. If an earlier holder is paused, the seal waits until it goes on; if its
   * machine was switched off, until the database notices. {@link #seal(Connection, Object,
   * FencingToken, Duration)} has a bound. Bound the other side too, with PostgreSQL's {@code
   * idle_in_transaction_session_timeout} and {@code tcp_keepalives_idle}.
   *
   * @throws StaleTokenException if a greater token has sealed it
   * @throws IllegalStateException if the resource has no row, if the connection is read-only, or if
   *     later reads of the transaction may miss the writes that the seal has waited for
   */
  public void seal(Connection connection, K resource, FencingToken token) throws SQLException {
    SqlDialect dialect = readyToSeal(connection);
    seal(connection, statements(dialect), resource, token, 0);
  }

  /**
   * {@link #seal(Connection, Object, FencingToken)} for a bounded time; the exception then names
   * the connection that blocks it. The caller or an operator decides whether to wait on or to end
   * that connection ({@code pg_terminate_backend} on PostgreSQL, {@code KILL} on MariaDB). Ending
   * it rolls back what it has not committed, and the seal passes.
   *
   * <p>With auto-commit off, the caller's transaction can go on after the time-out. With
   * auto-commit on, the seal runs in a transaction of its own.
   *
   * @param atMost more than zero; rounded up to whole seconds on MySQL, MariaDB, Oracle and SQL
   *     Server
   * @throws SealTimeoutException if that passed first; nothing was changed
   * @throws StaleTokenException as above
   * @throws IllegalStateException as above
   */
  public void seal(Connection connection, K resource, FencingToken token, Duration atMost)
      throws SQLException {
    SqlDialect dialect = readyToSeal(connection);
    FenceSql sql = statements(dialect);
    new BoundedSeal(
            connection,
            dialect,
            new Blockers(dialect, table, key, Objects.requireNonNull(resource)),
            String.valueOf(resource),
            atMost)
        .run(timeout -> seal(connection, sql, resource, token, timeout));
  }

  private static SqlDialect readyToSeal(Connection connection) throws SQLException {
    SqlDialect dialect = SqlDialect.of(connection);
    refuseReadOnly(connection);
    dialect.requireSightAfterSeal(connection);
    return dialect;
  }

  private void seal(
      Connection connection, FenceSql sql, K resource, FencingToken token, int timeoutSeconds)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(sql.seal())) {
      if (timeoutSeconds > 0) {
        update.setQueryTimeout(timeoutSeconds);
      }
      update.setObject(1, column.valueOf(token));
      update.setObject(2, resource);
      update.setObject(3, column.valueOf(token));
      if (update.executeUpdate() == 0) {
        String sealed = tokenOf(connection, sql, resource).orElseThrow(() -> notEnrolled(resource));
        // MySQL's drivers can be told to count changed rows only: none if the token was there.
        if (!sealed.equals(token.toString())) {
          throw stale(resource, token, sealed);
        }
      }
    }
  }

  private StaleTokenException stale(K resource, FencingToken token, String sealed) {
    try {
      return new StaleTokenException(
          String.valueOf(resource), token, FencingToken.parse(String.valueOf(sealed)));
    } catch (IllegalArgumentException e) {
      return new StaleTokenException(String.valueOf(resource), token);
    }
  }

  /**
   * As {@link FenceGuard#check}; the result is valid until the caller's transaction ends. It keeps
   * its lock on the row until then even if it refuses, so roll back.
   *
   * @throws StaleTokenException if another token has sealed it
   * @throws IllegalStateException if the resource has no row, with auto-commit, or if the
   *     connection is read-only
   * @throws SQLTransactionRollbackException if the transaction's snapshot is older than the seal;
   *     roll back and repeat
   */
  public void check(Connection connection, K resource, FencingToken token) throws SQLException {
    SqlDialect dialect = SqlDialect.of(connection);
    FenceSql sql = statements(dialect);
    if (connection.getAutoCommit()) {
      throw new IllegalStateException("turn auto-commit off: the check lasts for a transaction");
    }
    refuseReadOnly(connection);
    dialect.requireSightAfterCheck(connection);
    try (PreparedStatement select = connection.prepareStatement(sql.check())) {
      select.setObject(1, resource);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw notEnrolled(resource);
        }
        if (!token.toString().equals(row.getString(1))) {
          throw stale(resource, token, row.getString(1));
        }
        if (!token.toString().equals(row.getString(2))) {
          throw new SQLTransactionRollbackException(
              "the transaction's snapshot is older than the seal of " + token + ": repeat it",
              "40001");
        }
      }
    }
  }

  private IllegalStateException notEnrolled(K resource) {
    return new IllegalStateException("no row for '" + resource + "': enrol it first");
  }

  private FenceSql statements(SqlDialect dialect) {
    dialect.requireOrdered(column);
    return Objects.requireNonNull(statements.get(dialect));
  }

  private static void refuseReadOnly(Connection connection) throws SQLException {
    if (connection.isReadOnly()) {
      throw new IllegalStateException(
          "the connection is read-only: it may lead to a replica, where a fence protects nothing");
    }
  }

  private Optional<String> tokenOf(Connection connection, FenceSql sql, K resource)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql.look())) {
      select.setObject(1, resource);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }
}
