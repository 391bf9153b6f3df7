package io.holdfast.transaction.jdbc.saga;

import io.holdfast.transaction.jdbc.internal.Ddl;
import io.holdfast.transaction.jdbc.internal.Dialect;
import java.util.List;

/**
 * The tables of sagas and the statements on them: the table itself, {@code _step} with the steps
 * and compensations that have ended, and {@code _fence} with the token of each definition's runner.
 */
record SagaSql(String table) {

  static final String COLUMNS =
      "id, definition, version, input, created, deadline, change_no, state, direction, step,"
          + " attempts, called, since, due, reason, verdict";
  private static final String OPEN = "state IN ('RUNNING','PARKED')";

  String steps() {
    return table + "_step";
  }

  /** What makes the tables. */
  String making() {
    return "JdbcSagas.inTable(\"" + table + "\").create(connection)";
  }

  String fence() {
    return table + "_fence";
  }

  List<String> ddl(Dialect dialect) {
    return List.of(
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (id varchar(100) PRIMARY KEY, definition varchar(60) NOT NULL,"
            + " version integer NOT NULL, input "
            + Ddl.text(dialect)
            + " NOT NULL, created bigint NOT NULL, deadline bigint NOT NULL,"
            + " change_no bigint NOT NULL, state varchar(12) NOT NULL,"
            + " direction varchar(12) NOT NULL, step integer NOT NULL, attempts integer NOT NULL,"
            + " called integer NOT NULL, since bigint NOT NULL, due bigint NOT NULL,"
            + " reason "
            + Ddl.text(dialect)
            + " NOT NULL, verdict varchar(8) NOT NULL)"
            + Ddl.tableOptions(dialect),
        Ddl.index(
            dialect, table + "_due", table, "definition, version, state, due", "state = 'RUNNING'"),
        Ddl.index(dialect, table + "_open", table, "state, id", OPEN),
        "CREATE INDEX IF NOT EXISTS "
            + table
            + "_ended ON "
            + table
            + " (definition, version, since)",
        "CREATE TABLE IF NOT EXISTS "
            + steps()
            + " (saga_id varchar(100) NOT NULL, direction varchar(12) NOT NULL,"
            + " step varchar(60) NOT NULL, done integer NOT NULL, result "
            + Ddl.text(dialect)
            + " NOT NULL, attempts integer NOT NULL, ended bigint NOT NULL,"
            + " PRIMARY KEY (saga_id, direction, step))"
            + Ddl.tableOptions(dialect));
  }

  /** Takes the columns in their order. */
  String insert() {
    return "INSERT INTO "
        + table
        + " ("
        + COLUMNS
        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  }

  /**
   * Takes change, state, direction, step, attempts, called, since, due, reason, verdict, id and
   * change.
   */
  String update() {
    return "UPDATE "
        + table
        + " SET change_no = ?, state = ?, direction = ?, step = ?, attempts = ?, called = ?,"
        + " since = ?, due = ?, reason = ?, verdict = ? WHERE id = ? AND change_no = ?";
  }

  /** Takes saga, direction, step, 1 if done, result, attempts and time. */
  String insertStep() {
    return "INSERT INTO "
        + steps()
        + " (saga_id, direction, step, done, result, attempts, ended) VALUES (?, ?, ?, ?, ?, ?, ?)";
  }

  /** Takes definition, version, time and number. */
  String due() {
    return "SELECT "
        + COLUMNS
        + " FROM "
        + table
        + " WHERE definition = ? AND version = ? AND state = 'RUNNING' AND due <= ?"
        + " ORDER BY due LIMIT ?";
  }

  /** Takes definition and version: what the runner before was at work on is due at once. */
  String takeOver() {
    return "UPDATE "
        + table
        + " SET due = 0 WHERE definition = ? AND version = ? AND state = 'RUNNING' AND called = 1";
  }

  /** Takes id. */
  String find() {
    return "SELECT " + COLUMNS + " FROM " + table + " WHERE id = ?";
  }

  /** Takes id and number: those after it that have not ended. */
  String open() {
    return "SELECT "
        + COLUMNS
        + " FROM "
        + table
        + " WHERE "
        + OPEN
        + " AND id > ? ORDER BY id LIMIT ?";
  }

  /** Gives definition, version, state, number and the oldest's time. */
  String status() {
    return "SELECT definition, version, state, COUNT(*), MIN(created) FROM "
        + table
        + " WHERE "
        + OPEN
        + " GROUP BY definition, version, state ORDER BY definition, version, state";
  }

  /** Takes ids. */
  String stepsOf(String marks) {
    return "SELECT saga_id, direction, step, done, result, attempts, ended FROM "
        + steps()
        + " WHERE saga_id IN ("
        + marks
        + ") ORDER BY ended, attempts";
  }

  /** Takes definition, version, time and number. */
  String oldest() {
    return "SELECT id FROM "
        + table
        + " WHERE definition = ? AND version = ? AND since < ?"
        + " AND state IN ('COMPLETED','COMPENSATED') ORDER BY since LIMIT ?";
  }

  String forget(String marks) {
    return "DELETE FROM " + table + " WHERE id IN (" + marks + ")";
  }

  String forgetSteps(String marks) {
    return "DELETE FROM " + steps() + " WHERE saga_id IN (" + marks + ")";
  }
}
