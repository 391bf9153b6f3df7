package io.holdfast.payment.ledger.internal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements that go to the database together, and their results in that order. */
final class Message {

  /** Takes the rows of a result, one call for each. */
  interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  private final Connection connection;
  private final List<String> statements = new ArrayList<>();
  private final List<Object> values = new ArrayList<>();
  private final List<@Nullable RowReader> readers = new ArrayList<>();

  Message(Connection connection) {
    this.connection = connection;
  }

  /** A statement that changes rows. */
  Message change(String sql, Object... parameters) {
    return add(null, sql, parameters);
  }

  /** A statement that gives rows. */
  Message query(RowReader reader, String sql, Object... parameters) {
    return add(reader, sql, parameters);
  }

  private Message add(@Nullable RowReader reader, String sql, Object... parameters) {
    statements.add(sql);
    values.addAll(List.of(parameters));
    readers.add(reader);
    return this;
  }

  Array array(String type, Collection<?> elements) throws SQLException {
    return array(connection, type, elements);
  }

  /**
   * An array as a parameter. The driver sends it in binary form, which spares itself and the server
   * much of the work, if it is a Java array of the very type.
   */
  static Array array(Connection connection, String type, Collection<?> elements)
      throws SQLException {
    Object[] typed =
        switch (type) {
          case "int4" -> new Integer[elements.size()];
          case "int8" -> new Long[elements.size()];
          case "bool" -> new Boolean[elements.size()];
          default -> new String[elements.size()];
        };
    return connection.createArrayOf(type, elements.toArray(typed));
  }

  boolean isEmpty() {
    return statements.isEmpty();
  }

  /** Sends it; nothing if it is empty. */
  void run() throws SQLException {
    if (statements.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(String.join(";", statements))) {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      statement.execute();
      for (int i = 0; i < readers.size(); i++) {
        if (i > 0) {
          statement.getMoreResults();
        }
        RowReader reader = readers.get(i);
        if (reader != null) {
          try (ResultSet rows = statement.getResultSet()) {
            while (rows.next()) {
              reader.read(rows);
            }
          }
        }
      }
    }
  }
}
