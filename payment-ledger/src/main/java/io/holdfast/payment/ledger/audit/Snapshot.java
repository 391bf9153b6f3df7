package io.holdfast.payment.ledger.audit;

import io.holdfast.payment.ledger.DatabaseConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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

  /**
   * Views with the names of the tables, of the shards that are here: what a move has not brought
   * whole yet, or has not cleared away, is none of the books; neither is a document of a
   * transaction that is not decided. The tables are found first unless {@link #booksOnly} was
   * called.
   */
  private static final String VIEWS =
      """
      DO $$
      DECLARE
        name text;
      BEGIN
        FOREACH name IN ARRAY ARRAY[
          'account', 'operation', 'journal', 'entry', 'hold', 'document', 'event', 'branch'] LOOP
          EXECUTE format(
            'CREATE TEMP VIEW %1$I AS SELECT * FROM %2$I.%1$I'
            ' WHERE shard IN (SELECT shard FROM %2$I.shard WHERE state = ''HERE'')%3$s',
            name, current_schema(), CASE name WHEN 'document' THEN ' AND NOT fresh' ELSE '' END);
        END LOOP;
        PERFORM set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false);
      END $$
      """;

  private final String name;
  private final Connection connection;

  /**
   * Of a database.
   *
   * @param name what it is called in the ledger
   * @param connection in a transaction of its own that sees one snapshot, after {@link
   *     #prepareViews}
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
      prepareViews(connection);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      return new Snapshot(name, connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  static void prepareViews(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(VIEWS);
    }
  }

  /** From now on, until a savepoint is rolled back to, rows of other shards are not seen. */
  void booksOnly() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT set_config('search_path', 'pg_temp, ' || quote_ident(current_schema()), true)");
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
