package io.holdfast.transaction.jdbc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Statements that are known before the transaction begins, so that all of a branch goes to the
 * database in one message. Immutable; each method returns a new one.
 *
 * @param statements in their order; none of them begins or ends a transaction
 * @param readOnly if the database is to refuse any change, so that the branch need not be prepared
 */
public record SqlWork(List<Statement> statements, boolean readOnly) {

  /** Nothing yet. */
  public static final SqlWork EMPTY = new SqlWork(List.of(), false);

  /** What a statement is. */
  public enum Kind {
    CHANGE,
    QUERY,
    /** Among these are those that must come first in a transaction. */
    OTHER
  }

  /**
   * One statement.
   *
   * @param sql one statement, with {@code ?} for each parameter and no semicolon
   * @param parameters may be null, each
   * @param rows how many rows it must change or find; if it does not, the branch refuses
   */
  public record Statement(String sql, List<Object> parameters, OptionalInt rows) {

    /** Text, names and comments, in which a semicolon ends nothing. */
    private static final Pattern QUOTED =
        Pattern.compile(
            "[eE]'(?:[^'\\\\]++|\\\\.|'')*+'|'(?:[^']++|'')*+'|\"(?:[^\"]++|\"\")*+\""
                + "|(\\$[A-Za-z_0-9]*\\$).*?\\1|--[^\n]*+|/\\*.*?\\*/",
            Pattern.DOTALL);

    private static final Pattern ENDS_A_TRANSACTION =
        Pattern.compile(
            "\\s*(?:BEGIN|START|COMMIT|END|ABORT|PREPARE\\s+TRANSACTION|ROLLBACK(?!\\s+TO)"
                + "(?!\\s+(?:WORK|TRANSACTION)\\s+TO))\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /**
     * A statement.
     *
     * @throws IllegalArgumentException if it is several, or would begin or end the transaction that
     *     is begun for it
     */
    public Statement {
      String plain = quotes(sql) ? QUOTED.matcher(sql).replaceAll(" ") : sql;
      if (plain.indexOf(';') >= 0) {
        throw new IllegalArgumentException("one statement at a time, without a semicolon: " + sql);
      }
      if (ENDS_A_TRANSACTION.matcher(plain).matches()) {
        throw new IllegalArgumentException(
            "a branch must neither begin nor end a transaction: " + sql);
      }
      parameters = Collections.unmodifiableList(new ArrayList<>(parameters));
    }

    /** Most do not, and each transaction has statements of its own. */
    private static boolean quotes(String sql) {
      return sql.indexOf('\'') >= 0
          || sql.indexOf('"') >= 0
          || sql.indexOf('$') >= 0
          || sql.contains("--")
          || sql.contains("/*");
    }

    /** By its first word. */
    Kind kind() {
      int from = 0;
      while (from < sql.length() && Character.isWhitespace(sql.charAt(from))) {
        from++;
      }
      int to = from;
      while (to < sql.length() && Character.isLetter(sql.charAt(to))) {
        to++;
      }
      return switch (sql.substring(from, to).toUpperCase(Locale.ROOT)) {
        case "INSERT", "UPDATE", "DELETE", "MERGE" -> Kind.CHANGE;
        case "SELECT" -> Kind.QUERY;
        default -> Kind.OTHER;
      };
    }
  }

  public SqlWork {
    Objects.requireNonNull(statements, "statements");
    statements = List.copyOf(statements);
  }

  /** Begins with one statement, whatever it changes or finds. */
  public static SqlWork of(String sql, Object... parameters) {
    return EMPTY.then(sql, parameters);
  }

  /** Adds a statement, whatever it changes or finds. */
  public SqlWork then(String sql, Object... parameters) {
    Objects.requireNonNull(sql, "sql");
    Objects.requireNonNull(parameters, "parameters; one that is null is given as (Object) null");
    return plus(new Statement(sql, Arrays.asList(parameters), OptionalInt.empty()));
  }

  /**
   * The same, but the last statement must change or find exactly so many rows.
   *
   * @throws IllegalStateException if there is no statement
   */
  public SqlWork expecting(int rows) {
    if (statements.isEmpty()) {
      throw new IllegalStateException("there is no statement that could change rows");
    }
    Statement last = statements.get(statements.size() - 1);
    SqlWork before = new SqlWork(statements.subList(0, statements.size() - 1), readOnly);
    return before.plus(new Statement(last.sql(), last.parameters(), OptionalInt.of(rows)));
  }

  /** The same, in a transaction that the database keeps from changing anything. */
  public SqlWork asReadOnly() {
    return new SqlWork(statements, true);
  }

  private SqlWork plus(Statement statement) {
    List<Statement> more = new ArrayList<>(statements);
    more.add(statement);
    return new SqlWork(more, readOnly);
  }
}
