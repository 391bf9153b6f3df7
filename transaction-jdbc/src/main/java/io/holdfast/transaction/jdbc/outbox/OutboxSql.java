package io.holdfast.transaction.jdbc.outbox;

import io.holdfast.transaction.jdbc.internal.Ddl;
import io.holdfast.transaction.jdbc.internal.Dialect;
import java.util.List;

/**
 * The tables of one outbox and the statements on them.
 *
 * <p>The table itself is appended to by the service and changed by its relay and operators only.
 * {@code _key} has a row for each key, which an append locks until its transaction ends: so
 * positions of one key are given, and become visible, in the order in which transactions commit.
 * {@code _fence} has the token of the relay.
 *
 * <p>States: READY, RETRYING (tried in vain, or next of a key that was in trouble), WAITING (behind
 * one of its key that is RETRYING or PARKED), PARKED, DELIVERED, DISCARDED. A key is in trouble as
 * long as it has one of RETRYING, WAITING or PARKED.
 */
record OutboxSql(String table) {

  static final String TROUBLED = "('RETRYING','WAITING','PARKED')";
  static final String ENDED = "('DELIVERED','DISCARDED')";
  private static final String COLUMNS =
      "o.id, o.message_id, o.topic, o.message_key, o.body, o.created, o.attempts";

  String keys() {
    return table + "_key";
  }

  /** What makes the tables. */
  String making() {
    return "JdbcOutbox.inTable(\"" + table + "\").create(connection)";
  }

  String fence() {
    return table + "_fence";
  }

  List<String> ddl(Dialect dialect) {
    return List.of(
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (id "
            + Ddl.counter(dialect)
            + " PRIMARY KEY, message_id varchar(36) NOT NULL UNIQUE, topic varchar(100) NOT NULL,"
            + " message_key varchar(200), body "
            + Ddl.text(dialect)
            + " NOT NULL, created bigint NOT NULL, state varchar(10) NOT NULL,"
            + " attempts integer NOT NULL, due bigint NOT NULL, ended bigint NOT NULL,"
            + " reason varchar(500))"
            + Ddl.tableOptions(dialect),
        Ddl.index(dialect, table + "_ready", table, "state, id", "state = 'READY'"),
        Ddl.index(dialect, table + "_due", table, "state, due", "state = 'RETRYING'"),
        Ddl.index(
            dialect, table + "_held", table, "message_key, state, id", "state IN " + TROUBLED),
        "CREATE TABLE IF NOT EXISTS "
            + keys()
            + " (message_key varchar(200) PRIMARY KEY, touched bigint NOT NULL)"
            + Ddl.tableOptions(dialect),
        "CREATE INDEX IF NOT EXISTS " + keys() + "_touched ON " + keys() + " (touched)");
  }

  /** Takes key and time; holds the key until the transaction ends. */
  String lockKey(Dialect dialect) {
    return switch (dialect) {
      case POSTGRESQL ->
          "INSERT INTO "
              + keys()
              + " (message_key, touched) VALUES (?, ?)"
              + " ON CONFLICT (message_key) DO UPDATE SET touched = excluded.touched";
      case MARIADB ->
          "INSERT INTO "
              + keys()
              + " (message_key, touched) VALUES (?, ?)"
              + " ON DUPLICATE KEY UPDATE touched = VALUES(touched)";
      case H2 -> "MERGE INTO " + keys() + " (message_key, touched) KEY (message_key) VALUES (?, ?)";
    };
  }

  /** Takes id, topic, key, body and time. */
  String append() {
    return "INSERT INTO "
        + table
        + " (message_id, topic, message_key, body, created, state, attempts, due, ended)"
        + " VALUES (?, ?, ?, ?, ?, 'READY', 0, 0, 0)";
  }

  /**
   * What is ready, up to a number, and what is due again at a time, up to a number. Takes busy keys
   * and positions, number, busy keys and positions, time and number; gives a message, its attempts,
   * and 0 if it is ready, 1 if its key is in trouble, 2 if it is due again.
   */
  String pending(String keys, String positions) {
    String idle =
        (keys.isEmpty()
                ? ""
                : " AND (o.message_key IS NULL OR o.message_key NOT IN (" + keys + "))")
            + (positions.isEmpty() ? "" : " AND o.id NOT IN (" + positions + ")");
    return "(SELECT "
        + COLUMNS
        + ", CASE WHEN EXISTS (SELECT 1 FROM "
        + table
        + " h WHERE h.message_key = o.message_key AND h.state IN "
        + TROUBLED
        + ") THEN 1 ELSE 0 END AS standing FROM "
        + table
        + " o WHERE o.state = 'READY'"
        + idle
        + " ORDER BY o.id LIMIT ?) UNION ALL (SELECT "
        + COLUMNS
        + ", 2 AS standing FROM "
        + table
        + " o WHERE o.state = 'RETRYING'"
        + idle
        + " AND o.due <= ? ORDER BY o.due LIMIT ?)";
  }

  /** Takes ids: those of keys that are in trouble through them, with the keys. */
  String retrying(String marks) {
    return "SELECT message_key FROM "
        + table
        + " WHERE state = 'RETRYING' AND message_key IS NOT NULL AND id IN ("
        + marks
        + ")";
  }

  /** Takes time and ids. */
  String delivered(String marks) {
    return "UPDATE "
        + table
        + " SET state = 'DELIVERED', reason = NULL, ended = ?"
        + " WHERE state IN ('READY','RETRYING') AND id IN ("
        + marks
        + ")";
  }

  /**
   * Takes key. MariaDB, which reads from a snapshot unless it is told otherwise, sees what has come
   * since only if it locks.
   */
  String nextWaiting(Dialect dialect) {
    return "SELECT id FROM "
        + table
        + " WHERE message_key = ? AND state = 'WAITING' ORDER BY id LIMIT 1"
        + (dialect == Dialect.MARIADB ? " FOR UPDATE" : "");
  }

  /** Takes id. */
  String promote() {
    return "UPDATE "
        + table
        + " SET state = 'RETRYING', due = 0 WHERE id = ? AND state = 'WAITING'";
  }

  /** Takes attempts, due, reason, id and attempts. */
  String tryAgain() {
    return "UPDATE "
        + table
        + " SET state = 'RETRYING', attempts = ?, due = ?, reason = ?"
        + " WHERE id = ? AND state IN ('READY','RETRYING') AND attempts < ?";
  }

  /** Takes attempts, reason and id. */
  String park() {
    return "UPDATE "
        + table
        + " SET state = 'PARKED', attempts = ?, reason = ?"
        + " WHERE id = ? AND state IN ('READY','RETRYING')";
  }

  /** Takes ids: those that have to wait. */
  String behindOthers(String marks) {
    return "SELECT o.id FROM "
        + table
        + " o WHERE o.state = 'READY' AND o.id IN ("
        + marks
        + ") AND EXISTS (SELECT 1 FROM "
        + table
        + " h WHERE h.message_key = o.message_key AND h.state IN "
        + TROUBLED
        + ")";
  }

  /** Takes ids. */
  String await(String marks) {
    return "UPDATE "
        + table
        + " SET state = 'WAITING' WHERE state = 'READY' AND id IN ("
        + marks
        + ")";
  }

  /** Takes number: the oldest that have ended, and when. */
  String oldestEnded() {
    return "SELECT id, ended FROM "
        + table
        + " WHERE id > 0 AND state IN "
        + ENDED
        + " ORDER BY id LIMIT ?";
  }

  /** Takes first and last id, and time. */
  String forget() {
    return "DELETE FROM "
        + table
        + " WHERE id BETWEEN ? AND ? AND state IN "
        + ENDED
        + " AND ended < ?";
  }

  /** Takes time and number. */
  String oldKeys() {
    return "SELECT message_key FROM " + keys() + " WHERE touched < ? ORDER BY touched LIMIT ?";
  }

  /** Takes time and keys. */
  String forgetKeys(String marks) {
    return "DELETE FROM " + keys() + " WHERE touched < ? AND message_key IN (" + marks + ")";
  }

  /** Takes name; keeps the relay from marking until the transaction ends. */
  String lockFence() {
    return "SELECT token FROM " + fence() + " WHERE name = ? FOR UPDATE";
  }

  String status() {
    return "SELECT state, COUNT(*), MIN(created) FROM "
        + table
        + " WHERE state IN ('READY','RETRYING','WAITING','PARKED') GROUP BY state";
  }

  /** Takes number. */
  String parked() {
    return "SELECT "
        + COLUMNS
        + ", o.reason FROM "
        + table
        + " o WHERE o.state = 'PARKED' ORDER BY o.id LIMIT ?";
  }

  /** Takes id. */
  String resume() {
    return "UPDATE "
        + table
        + " SET state = 'RETRYING', attempts = 0, due = 0 WHERE id = ? AND state = 'PARKED'";
  }

  /** Takes time and id. */
  String discard() {
    return "UPDATE "
        + table
        + " SET state = 'DISCARDED', ended = ? WHERE id = ? AND state = 'PARKED'";
  }

  /** Takes id. */
  String keyOf() {
    return "SELECT message_key FROM " + table + " WHERE message_key IS NOT NULL AND id = ?";
  }
}
