package io.holdfast.transaction.jdbc.outbox;

import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.JdbcFence.Column;
import io.holdfast.transaction.jdbc.internal.Ddl;
import io.holdfast.transaction.jdbc.internal.Dialect;
import io.holdfast.transaction.jdbc.internal.MissingTables;
import io.holdfast.transaction.jdbc.internal.Sql;
import io.holdfast.transaction.outbox.Message;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * An outbox in a table of a service's own database: what is appended to it in a transaction leaves
 * if that commits, and only then.
 *
 * <pre>{@code
 * JdbcOutbox outbox = JdbcOutbox.inTable("outbox");
 * connection.setAutoCommit(false);
 * ... the work ...
 * outbox.append(connection, Message.keyed("transfers", account, json));
 * connection.commit();
 * relay.nudge();
 * }</pre>
 *
 * <p><b>Order.</b> An append of a message with a key keeps others from appending to that key until
 * the transaction ends; so the order of a key is the order in which its transactions commit. Append
 * last: then they wait for as short as can be. Two transactions that append to the same two keys do
 * so in the same order, or one of them is ended by the database as a deadlock. Positions of
 * different keys say nothing: a transaction may commit long after others with greater ones, and its
 * message is delivered all the same.
 *
 * <p>For PostgreSQL, MariaDB and H2. Methods with a connection are part of its transaction and
 * block for as long as the database does. Thread-safe.
 */
public final class JdbcOutbox {

  /** What the relay's row is called in the table of its token. */
  static final String FENCE = "relay";

  private final OutboxSql sql;
  private final JdbcFence<String> fence;

  private JdbcOutbox(OutboxSql sql) {
    this.sql = sql;
    this.fence = JdbcFence.inTable(sql.fence(), Column.TEXT);
  }

  /**
   * The outbox in a table, and in two more whose names begin with its name.
   *
   * @throws IllegalArgumentException if it is not a plain SQL identifier of at most 40 characters
   */
  public static JdbcOutbox inTable(String table) {
    return new JdbcOutbox(new OutboxSql(Sql.table(table)));
  }

  /** Makes the tables where they are not there. Not for a transaction that does anything else. */
  public void create(Connection connection) throws SQLException {
    Sql.execute(connection, sql.ddl(Dialect.of(connection)));
    Ddl.createFence(connection, sql.fence());
    fence.enrol(connection, FENCE);
  }

  /**
   * Appends a message in the caller's transaction. Waits for other transactions that have appended
   * to the same key.
   *
   * @throws IllegalStateException with auto-commit on
   * @throws SQLException also if the message was appended before
   */
  public void append(Connection connection, Message message) throws SQLException {
    Objects.requireNonNull(connection, "connection");
    Objects.requireNonNull(message, "message");
    Sql.requireTransaction(connection);
    try {
      insert(connection, message);
    } catch (SQLException e) {
      throw MissingTables.explained(e, sql.making());
    }
  }

  private void insert(Connection connection, Message message) throws SQLException {
    @Nullable String key = message.key().orElse(null);
    if (key != null) {
      Sql.update(
          connection, sql.lockKey(Dialect.of(connection)), key, message.created().toEpochMilli());
    }
    Sql.update(
        connection,
        sql.append(),
        message.id().toString(),
        message.topic(),
        key,
        message.body(),
        message.created().toEpochMilli());
  }

  /**
   * What a relay reads and marks. Has at most four connections at a time.
   *
   * @param source of connections to the same database
   */
  public JdbcOutboxStore store(DataSource source) {
    Objects.requireNonNull(source, "source");
    return new JdbcOutboxStore(sql, fence, source);
  }

  /** How much there is to deliver. Counts it, so it costs more the more there is. */
  public OutboxStatus status(Connection connection) throws SQLException {
    OutboxStatus status = OutboxStatus.EMPTY;
    for (OutboxStatus part : Sql.query(connection, OutboxStatus::part, sql.status())) {
      status = status.plus(part);
    }
    return status;
  }

  /** The messages that wait for an operator, in their order. */
  public List<ParkedMessage> parked(Connection connection, int most) throws SQLException {
    return Sql.query(
        connection,
        row ->
            new ParkedMessage(
                row.getLong(1),
                message(row),
                row.getInt(7),
                Optional.ofNullable(row.getString(8)).orElse("")),
        sql.parked(),
        most);
  }

  /**
   * Has a parked message tried again, as if it were new; those behind it follow once it is
   * delivered. Takes effect when the caller commits.
   *
   * @return false if it is not parked
   * @throws IllegalStateException with auto-commit on
   */
  public boolean resume(Connection connection, long position) throws SQLException {
    keepRelayFromMarking(connection);
    return Sql.update(connection, sql.resume(), position) == 1;
  }

  /**
   * Gives up a parked message for good; those behind it follow. Takes effect when the caller
   * commits.
   *
   * @return false if it is not parked
   * @throws IllegalStateException with auto-commit on; on PostgreSQL and H2 also at an isolation
   *     level above READ COMMITTED, where those that have come to wait since would be overlooked
   */
  public boolean discard(Connection connection, long position) throws SQLException {
    requireLatest(connection);
    keepRelayFromMarking(connection);
    if (Sql.update(connection, sql.discard(), System.currentTimeMillis(), position) == 0) {
      return false;
    }
    for (String key : Sql.query(connection, row -> row.getString(1), sql.keyOf(), position)) {
      promoteNext(connection, sql, key);
    }
    return true;
  }

  private static void requireLatest(Connection connection) throws SQLException {
    if (Dialect.of(connection) != Dialect.MARIADB
        && connection.getTransactionIsolation() > Connection.TRANSACTION_READ_COMMITTED) {
      throw new IllegalStateException("discard at READ COMMITTED: a snapshot lacks who waits now");
    }
  }

  /** What is in trouble is decided by one at a time. */
  private void keepRelayFromMarking(Connection connection) throws SQLException {
    Sql.requireTransaction(connection);
    Sql.query(connection, row -> row.getString(1), sql.lockFence(), FENCE);
  }

  /** A message of the key is over its trouble. */
  static void promoteNext(Connection connection, OutboxSql sql, String key) throws SQLException {
    String next = sql.nextWaiting(Dialect.of(connection));
    for (long position : Sql.query(connection, row -> row.getLong(1), next, key)) {
      Sql.update(connection, sql.promote(), position);
    }
  }

  /** Of the columns that every query of messages begins with. */
  static Message message(ResultSet row) throws SQLException {
    return new Message(
        UUID.fromString(row.getString(2)),
        row.getString(3),
        Optional.ofNullable(row.getString(4)),
        row.getString(5),
        Instant.ofEpochMilli(row.getLong(6)));
  }
}
