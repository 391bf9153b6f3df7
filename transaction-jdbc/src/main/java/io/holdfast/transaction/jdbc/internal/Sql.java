package io.holdfast.transaction.jdbc.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Statements and their parameters. */
public final class Sql {

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,39}");

  /** As many parameters as every driver takes in a statement, and then some to spare. */
  public static final int MOST_AT_ONCE = 500;

  private Sql() {}

  /** Makes something of a row. */
  @FunctionalInterface
  public interface Row<T> {
    /** Reads the present row. */
    T read(ResultSet row) throws SQLException;
  }

  /**
   * A name for a table, as it is.
   *
   * @throws IllegalArgumentException if it is not a plain one of at most 40 characters
   */
  public static String table(String name) {
    Objects.requireNonNull(name, "table");
    if (!IDENTIFIER.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not the name of a table: '"
              + name
              + "'; it has 1 to 40 letters, digits and _, and does not begin with a digit");
    }
    return name;
  }

  /** Runs one statement that changes something. */
  public static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      set(statement, values);
      return statement.executeUpdate();
    }
  }

  /** Runs one query. */
  public static <T> List<T> query(
      Connection connection, Row<T> row, String sql, @Nullable Object... values)
      throws SQLException {
    List<T> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      set(statement, values);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(row.read(rows));
        }
      }
    }
    return found;
  }

  private static void set(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }

  /** Runs statements that make tables. */
  public static void execute(Connection connection, List<String> statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /**
   * Inserts a row, unless there is one with the same key. Waits for another transaction that has
   * inserted one and not ended.
   *
   * @return false if there is one
   */
  public static boolean insertUnlessThere(
      Connection connection, String insert, @Nullable Object... values) throws SQLException {
    if (Dialect.of(connection) == Dialect.POSTGRESQL) {
      // There an error would end the caller's transaction.
      return update(connection, insert + " ON CONFLICT DO NOTHING", values) == 1;
    }
    try {
      return update(connection, insert, values) == 1;
    } catch (SQLIntegrityConstraintViolationException there) {
      return false;
    }
  }

  /** As many question marks, for a list in brackets. */
  public static String marks(Collection<?> values) {
    return String.join(",", Collections.nCopies(values.size(), "?"));
  }

  /** A list in parts that each fit into a statement. */
  public static <T> List<List<T>> parts(List<T> all) {
    return Stream.iterate(0, from -> from < all.size(), from -> from + MOST_AT_ONCE)
        .map(from -> all.subList(from, Math.min(from + MOST_AT_ONCE, all.size())))
        .toList();
  }

  /** A first value and those of a list. */
  public static Object[] values(Collection<?> rest, Object... first) {
    List<Object> all = new ArrayList<>(List.of(first));
    all.addAll(rest);
    return all.toArray();
  }

  /**
   * Refuses a connection whose statements would each be a transaction of their own.
   *
   * @throws IllegalStateException with auto-commit on
   */
  public static void requireTransaction(Connection connection) throws SQLException {
    if (connection.getAutoCommit()) {
      throw new IllegalStateException(
          "turn auto-commit off: this belongs to the transaction that does the work");
    }
  }
}
