package io.holdfast.transaction.jdbc.outbox;

import io.holdfast.transaction.jdbc.internal.Ddl;
import io.holdfast.transaction.jdbc.internal.Dialect;
import io.holdfast.transaction.jdbc.internal.MissingTables;
import io.holdfast.transaction.jdbc.internal.Sql;
import io.holdfast.transaction.outbox.Message;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/**
 * What a receiver has seen, so that a message that is delivered twice has one effect.
 *
 * <pre>{@code
 * connection.setAutoCommit(false);
 * if (inbox.isFirst(connection, "ledger", message.id().toString(), message.created())) {
 *   ... the work, in this transaction ...
 * }
 * connection.commit();
 * }</pre>
 *
 * <p>The note is inserted before anything else: of two that receive the same message at a moment,
 * one waits until the other has ended, and goes on only if that has rolled back.
 *
 * <p><b>Forgetting.</b> Notes are kept for as long as {@code retention} says. What was made before
 * that may have been seen and forgotten; it is refused, since nobody can know. So let the retention
 * be longer than any message may be under way, parked ones included.
 *
 * <p>For PostgreSQL, MariaDB and H2. Thread-safe.
 */
public final class JdbcInbox {

  private static final int LONGEST_ID = 200;
  private static final int LONGEST_RECEIVER = 100;

  /** The clocks of senders and receivers are not further apart than this. */
  private static final Duration CLOCKS = Duration.ofHours(1);

  private final String table;
  private final Duration retention;
  private final InstantSource clock;

  JdbcInbox(String table, Duration retention, InstantSource clock) {
    this.table = Sql.table(table);
    this.retention = Objects.requireNonNull(retention, "retention");
    this.clock = clock;
    if (retention.isNegative() || retention.isZero()) {
      throw new IllegalArgumentException("a retention is positive");
    }
  }

  /**
   * The inbox in a table.
   *
   * @param retention how old a message may be when it comes
   * @throws IllegalArgumentException if it is not a plain SQL identifier of at most 40 characters
   */
  public static JdbcInbox inTable(String table, Duration retention) {
    return new JdbcInbox(table, retention, InstantSource.system());
  }

  /** Makes the table where it is not there. Not for a transaction that does anything else. */
  public void create(Connection connection) throws SQLException {
    Dialect dialect = Dialect.of(connection);
    Sql.execute(
        connection,
        List.of(
            "CREATE TABLE IF NOT EXISTS "
                + table
                + " (receiver varchar(100) NOT NULL, message_id varchar(200) NOT NULL,"
                + " created bigint NOT NULL, PRIMARY KEY (receiver, message_id))"
                + Ddl.tableOptions(dialect),
            "CREATE INDEX IF NOT EXISTS " + table + "_created ON " + table + " (created)"));
  }

  /** {@link #isFirst(Connection, String, String, Instant)} of a message. */
  public boolean isFirst(Connection connection, String receiver, Message message)
      throws SQLException {
    return isFirst(connection, receiver, message.id().toString(), message.created());
  }

  /**
   * Notes a message in the caller's transaction, unless it is there. Waits for another transaction
   * that has noted the same and not ended.
   *
   * @param receiver what the message has its one effect on, 1 to 100 characters, the last no blank
   * @param id of the message, 1 to 200 characters, the last no blank
   * @param created when the message was made
   * @return true if it is the first, and the work is to be done; false if it was done
   * @throws MessageTooOldException if it may have been seen and forgotten; do not work then
   * @throws IllegalStateException with auto-commit on
   */
  public boolean isFirst(Connection connection, String receiver, String id, Instant created)
      throws SQLException {
    Objects.requireNonNull(connection, "connection");
    Objects.requireNonNull(receiver, "receiver");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(created, "created");
    Sql.requireTransaction(connection);
    if (receiver.isEmpty()
        || receiver.length() > LONGEST_RECEIVER
        || id.isEmpty()
        || id.length() > LONGEST_ID) {
      throw new IllegalArgumentException("a receiver has 1 to 100 characters, an id 1 to 200");
    }
    if (receiver.endsWith(" ") || id.endsWith(" ")) {
      throw new IllegalArgumentException("a blank at the end, which MariaDB does not look at");
    }
    if (created.isBefore(clock.instant().minus(retention))) {
      throw new MessageTooOldException(id, created);
    }
    String insert = "INSERT INTO " + table + " (receiver, message_id, created) VALUES (?, ?, ?)";
    try {
      return Sql.insertUnlessThere(connection, insert, receiver, id, created.toEpochMilli());
    } catch (SQLException e) {
      throw MissingTables.explained(
          e, "JdbcInbox.inTable(\"" + table + "\", retention).create(connection)");
    }
  }

  /**
   * Deletes notes of messages that would be refused for their age anyway.
   *
   * @param most how many, the oldest first; 1 to 1,000
   * @return how many were deleted; if that is {@code most}, there may be more
   */
  public int forget(Connection connection, int most) throws SQLException {
    long before = clock.instant().minus(retention).minus(CLOCKS).toEpochMilli();
    List<Long> oldest =
        Sql.query(
            connection,
            row -> row.getLong(1),
            "SELECT created FROM " + table + " WHERE created < ? ORDER BY created LIMIT ?",
            before,
            most);
    return oldest.isEmpty()
        ? 0
        : Sql.update(
            connection,
            "DELETE FROM " + table + " WHERE created <= ?",
            oldest.get(oldest.size() - 1));
  }
}
