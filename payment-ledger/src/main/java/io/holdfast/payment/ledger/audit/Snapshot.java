package io.holdfast.payment.ledger.audit;

import io.holdfast.payment.ledger.DatabaseConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** One of the ledger's databases at one moment. Used by one thread. */
final class Snapshot implements AutoCloseable {

  private static final String STATEMENT_TIMEOUT = "15min";

  /** Rows in memory at a time of any one query. */
  private static final int ROWS = 1_000;

  /** Takes a row. */
  interface Row {
    void take(ResultSet row) throws SQLException;
  }

  private final String name;
  private final Connection connection;

  /**
   * Of a database.
   *
   * @param name what it is called in the ledger
   * @param connection in a transaction of its own that sees one snapshot
   */
  Snapshot(String name, Connection connection) {
    this.name = name;
    this.connection = connection;
  }

  /** Connects, apart from the ledger's pools: their settings are for looking up single rows. */
  static Snapshot open(String name, DatabaseConfig config) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password());
    properties.setProperty("ApplicationName", "holdfast-audit");
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("options", "-c jit=off -c statement_timeout=" + STATEMENT_TIMEOUT);
    Connection connection = DriverManager.getConnection(config.url(), properties);
    try {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      return new Snapshot(name, connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  Connection connection() {
    return connection;
  }

  /** Gives every row of a query to the taker; a few at a time are in memory. */
  void each(Row taker, String sql, Object... values) throws SQLException {
    try (PreparedStatement query = prepare(sql, values);
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        taker.take(row);
      }
    }
  }

  /** A query that reads a few rows at a time. */
  PreparedStatement prepare(String sql, Object... values) throws SQLException {
    PreparedStatement query = connection.prepareStatement(sql);
    query.setFetchSize(ROWS);
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value instanceof List<?> list) {
        query.setArray(i + 1, connection.createArrayOf("int4", list.toArray()));
      } else {
        query.setObject(i + 1, value);
      }
    }
    return query;
  }

  /** The shards that are here, in order. */
  List<Integer> here() throws SQLException {
    List<Integer> shards = new ArrayList<>();
    each(
        row -> shards.add(row.getInt(1)),
        "SELECT shard FROM shard WHERE state = 'HERE' ORDER BY shard");
    return shards;
  }

  /**
   * What everything that is booked or promised changes: how far the journals are, and which
   * branches are open.
   */
  String progress() throws SQLException {
    StringBuilder text = new StringBuilder();
    each(
        row -> text.append(row.getString(1)).append(';'),
        "SELECT shard || ' ' || state || ' ' || seq FROM shard ORDER BY shard");
    each(
        row -> text.append(row.getString(1)).append(';'),
        "SELECT shard || ' ' || id FROM branch ORDER BY shard, id");
    return text.toString();
  }

  /** Branches and requests that are not decided. */
  int underWay() throws SQLException {
    int[] count = new int[1];
    each(
        row -> count[0] = row.getInt(1),
        "SELECT (SELECT count(*) FROM branch JOIN shard USING (shard) WHERE shard.state = 'HERE')"
            + " + (SELECT count(*) FROM operation o JOIN shard s USING (shard)"
            + " WHERE s.state = 'HERE' AND o.state = 'PENDING')");
    return count[0];
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      connection.rollback();
    }
  }
}
