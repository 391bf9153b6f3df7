package io.holdfast.fence;

import io.holdfast.lock.FencingToken;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.regex.Pattern;

/**
 * Guards what lies in a database, within the caller's own transactions: nothing is committed here.
 *
 * <p>One row per resource holds the token that sealed it last. {@link #seal} changes that row;
 * {@link #check} locks it for sharing until the caller's transaction ends. So a seal waits until
 * every write that has passed is committed or rolled back, and sees to it that no later one of an
 * earlier holder passes; writers of one holder do not wait for each other.
 *
 * <pre>
 *   first thing under a new grant       every write under it
 *   -----------------------------       --------------------
 *   seal(connection, name, token)       check(connection, name, token)
 *   connection.commit()                 ... the caller's own statements ...
 *                                       connection.commit()
 * </pre>
 *
 * <p>Seal in a transaction of its own, or as the first statement of the one that reads: what was
 * read earlier may be of the holder before. Both need auto-commit off; at PostgreSQL's repeatable
 * read and above one that meets the other may fail with SQL state 40001 and has to be repeated.
 * Written for PostgreSQL; any database with {@code SELECT ... FOR SHARE} serves. Thread-safe.
 *
 * @param <K> what resources are called in the table, {@code String} or {@code Integer} for instance
 */
public final class JdbcFence<K> {

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,126}");

  /** How a token lies in its column. Both sort as tokens do. */
  public enum Column {
    /** PostgreSQL's {@code uuid}: 16 bytes. */
    UUID("uuid"),
    /** Its text form, 36 characters of ASCII. */
    TEXT("varchar(36)");

    private final String type;

    Column(String type) {
      this.type = type;
    }

    private Object valueOf(FencingToken token) {
      return this == UUID ? token.toUuid() : token.toString();
    }
  }

  private final Column column;
  private final String seal;
  private final String check;
  private final String look;
  private final String enrol;

  private JdbcFence(String table, String key, String token, Column column) {
    for (String identifier : new String[] {table, key, token}) {
      if (!IDENTIFIER.matcher(identifier).matches()) {
        throw new IllegalArgumentException("not an SQL identifier: " + identifier);
      }
    }
    this.column = column;
    this.seal = "UPDATE %s SET %s = ? WHERE %s = ? AND %s <= ?".formatted(table, token, key, token);
    this.check = "SELECT 1 FROM %s WHERE %s = ? AND %s = ? FOR SHARE".formatted(table, key, token);
    this.look = "SELECT 1 FROM %s WHERE %s = ?".formatted(table, key);
    this.enrol =
        "INSERT INTO %s (%s, %s) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM %s WHERE %s = ?)"
            .formatted(table, key, token, table, key);
  }

  /** Tokens in a table of their own, made with {@link #ddl}. */
  public static JdbcFence<String> inTable(String table, Column column) {
    return new JdbcFence<>(table, "name", "token", column);
  }

  /**
   * Tokens in a table that the application has anyway, with a row for every resource.
   *
   * @param key the column that tells resources apart
   * @param token a column that is never null and starts with {@link FencingToken#NONE}
   * @throws IllegalArgumentException if a name is not a plain SQL identifier
   */
  public static <K> JdbcFence<K> inColumns(String table, String key, String token, Column column) {
    return new JdbcFence<>(table, key, token, column);
  }

  /** What makes the table of {@link #inTable}. */
  public static String ddl(String table, Column column) {
    if (!IDENTIFIER.matcher(table).matches()) {
      throw new IllegalArgumentException("not an SQL identifier: " + table);
    }
    return "CREATE TABLE %s (name varchar(200) PRIMARY KEY, token %s NOT NULL)"
        .formatted(table, column.type);
  }

  /**
   * Makes the row of a resource, sealed by nobody, if it is not there. When two do that at the same
   * moment one of them may fail on the primary key and find it there when it tries again.
   */
  public void enrol(Connection connection, K resource) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(enrol)) {
      insert.setObject(1, resource);
      insert.setObject(2, column.valueOf(FencingToken.NONE));
      insert.setObject(3, resource);
      insert.executeUpdate();
    }
  }

  /**
   * As {@link FenceGuard#seal}; takes effect when the caller commits. Waits for the transactions in
   * flight that have passed {@link #check}.
   *
   * @throws StaleTokenException if a greater token has sealed it
   * @throws IllegalStateException if the resource has no row
   */
  public void seal(Connection connection, K resource, FencingToken token) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(seal)) {
      update.setObject(1, column.valueOf(token));
      update.setObject(2, resource);
      update.setObject(3, column.valueOf(token));
      if (update.executeUpdate() == 0) {
        throw refusal(connection, resource, token);
      }
    }
  }

  /**
   * As {@link FenceGuard#check}; holds until the caller's transaction ends.
   *
   * @throws StaleTokenException if another token has sealed it
   * @throws IllegalStateException if the resource has no row
   */
  public void check(Connection connection, K resource, FencingToken token) throws SQLException {
    if (connection.getAutoCommit()) {
      throw new IllegalStateException("turn auto-commit off: the check lasts for a transaction");
    }
    try (PreparedStatement select = connection.prepareStatement(check)) {
      select.setObject(1, resource);
      select.setObject(2, column.valueOf(token));
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw refusal(connection, resource, token);
        }
      }
    }
  }

  private RuntimeException refusal(Connection connection, K resource, FencingToken token)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(look)) {
      select.setObject(1, resource);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? new StaleTokenException(String.valueOf(resource), token)
            : new IllegalStateException("no row for '" + resource + "': enrol it first");
      }
    }
  }
}
