package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.TransactionId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decisions in a database, and which epochs may make them: two tables, made with {@link #DDL}.
 *
 * <p>A commit that decides locks the row of its epoch for sharing, and closing the epoch changes
 * that row: so closing waits for those commits that are under way, and no later one gets through. A
 * closed row stays for a day, and a request to open an epoch is void a minute after it was made, by
 * the database's own clock: so one that comes late opens nothing again.
 */
final class DecisionTable {

  static final String DDL =
      """
      CREATE TABLE IF NOT EXISTS holdfast_epoch (
        name varchar(150) PRIMARY KEY,
        closed timestamptz);
      CREATE TABLE IF NOT EXISTS holdfast_decision (
        epoch varchar(150) NOT NULL,
        sequence bigint NOT NULL,
        decision text NOT NULL,
        PRIMARY KEY (epoch, sequence))
      """;

  private static final String EXISTS =
      "SELECT 1 WHERE to_regclass('holdfast_decision') IS NOT NULL";
  private static final String NOW = "SELECT clock_timestamp()::text";
  private static final String OPEN =
      "INSERT INTO holdfast_epoch (name) SELECT ?"
          + " WHERE clock_timestamp() < ?::timestamptz + interval '1 minute'"
          + " ON CONFLICT (name) DO NOTHING";
  private static final String IS_OPEN =
      "SELECT name FROM holdfast_epoch WHERE name = ? AND closed IS NULL";
  private static final String CLOSE =
      "INSERT INTO holdfast_epoch (name, closed) VALUES (?, clock_timestamp()) ON CONFLICT (name)"
          + " DO UPDATE SET closed = coalesce(holdfast_epoch.closed, excluded.closed)";

  /**
   * One row, or the message fails: nothing after it is done. Whoever has switched {@code
   * synchronous_commit} off may lose what is committed, but not what others commit because of it.
   */
  private static final String REQUIRE_OPEN =
      "SELECT 1 / count(*), set_config('synchronous_commit', coalesce("
          + "nullif(current_setting('synchronous_commit'), 'off'), 'on'), true) FROM (SELECT 1 FROM holdfast_epoch WHERE name = ? AND closed IS NULL"
          + " FOR SHARE) open_epoch";

  private static final String DECIDE =
      "INSERT INTO holdfast_decision (epoch, sequence, decision) VALUES (?, ?, ?)";
  private static final String LIST =
      "SELECT sequence, decision FROM holdfast_decision WHERE epoch = ?";
  private static final String FORGET =
      "DELETE FROM holdfast_decision WHERE epoch = ? AND sequence = ?";
  private static final String FORGET_EPOCH = "DELETE FROM holdfast_decision WHERE epoch = ?";
  private static final String FORGET_CLOSED =
      "DELETE FROM holdfast_epoch WHERE closed < clock_timestamp() - interval '1 day'"
          + " AND name LIKE ? AND name NOT IN (SELECT epoch FROM holdfast_decision)";
  private static final String EPOCHS =
      "SELECT name FROM holdfast_epoch WHERE closed IS NULL AND starts_with(name, ?)"
          + " UNION SELECT epoch FROM holdfast_decision WHERE starts_with(epoch, ?)";

  private DecisionTable() {}

  /** What goes before the commit that decides. */
  static SqlWork deciding(TransactionId id, String decision) {
    String epoch = name(id.domain(), id.epoch());
    return SqlWork.of(REQUIRE_OPEN, epoch).then(DECIDE, epoch, id.sequence(), decision);
  }

  /** An epoch as it is called here, where those of several namespaces may be. */
  private static String name(String domain, String epoch) {
    return domain + ":" + epoch;
  }

  static void open(Connection connection, String domain, String epoch) throws SQLException {
    String now = strings(connection, NOW).get(0);
    update(connection, OPEN, name(domain, epoch), now);
    if (strings(connection, IS_OPEN, name(domain, epoch)).isEmpty()) {
      throw new SQLException("the epoch is closed here, or the request came late");
    }
  }

  static void close(Connection connection, String domain, String epoch) throws SQLException {
    if (exists(connection)) {
      update(connection, CLOSE, name(domain, epoch));
    }
  }

  /**
   * Without the tables there is no decision. Nor will there be one of an epoch that is closed in
   * the cluster by now, should they be made later: opening it here would look there once more.
   */
  private static boolean exists(Connection connection) throws SQLException {
    return !strings(connection, EXISTS).isEmpty();
  }

  static Map<Long, String> list(Connection connection, String domain, String epoch)
      throws SQLException {
    Map<Long, String> found = new HashMap<>();
    if (!exists(connection)) {
      return found;
    }
    try (PreparedStatement list = prepared(connection, LIST, name(domain, epoch));
        ResultSet rows = list.executeQuery()) {
      while (rows.next()) {
        found.put(rows.getLong(1), rows.getString(2));
      }
    }
    return found;
  }

  /** Waits for a commit under way of the same transaction, by the primary key. */
  static String decideUnlessDecided(Connection connection, TransactionId id, String otherwise)
      throws SQLException {
    String epoch = name(id.domain(), id.epoch());
    update(connection, DECIDE + " ON CONFLICT DO NOTHING", epoch, id.sequence(), otherwise);
    String decision = list(connection, id.domain(), id.epoch()).get(id.sequence());
    if (decision == null) {
      throw new SQLException("the decision was forgotten at this very moment");
    }
    return decision;
  }

  static void forget(Connection connection, List<TransactionId> transactions) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(FORGET)) {
      for (TransactionId id : transactions) {
        delete.setString(1, name(id.domain(), id.epoch()));
        delete.setLong(2, id.sequence());
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  static void forgetEpoch(Connection connection, String domain, String epoch) throws SQLException {
    if (exists(connection)) {
      close(connection, domain, epoch);
      update(connection, FORGET_EPOCH, name(domain, epoch));
      update(connection, FORGET_CLOSED, domain + ":%");
    }
  }

  static List<String> epochs(Connection connection, String domain) throws SQLException {
    String prefix = domain + ":";
    if (!exists(connection)) {
      return List.of();
    }
    return strings(connection, EPOCHS, prefix, prefix).stream()
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  private static PreparedStatement prepared(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  private static void update(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepared(connection, sql, values)) {
      statement.executeUpdate();
    }
  }

  private static List<String> strings(Connection connection, String sql, Object... values)
      throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement statement = prepared(connection, sql, values);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }
}
