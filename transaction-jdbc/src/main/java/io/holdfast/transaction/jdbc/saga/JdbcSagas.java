package io.holdfast.transaction.jdbc.saga;

import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.JdbcFence.Column;
import io.holdfast.transaction.jdbc.internal.Ddl;
import io.holdfast.transaction.jdbc.internal.Dialect;
import io.holdfast.transaction.jdbc.internal.MissingTables;
import io.holdfast.transaction.jdbc.internal.Sql;
import io.holdfast.transaction.saga.Saga;
import io.holdfast.transaction.saga.SagaDefinition;
import io.holdfast.transaction.saga.SagaState;
import io.holdfast.transaction.saga.StepEnd;
import io.holdfast.transaction.saga.StepOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Sagas in a table of a service's own database, where they are started in the transaction that
 * gives rise to them.
 *
 * <pre>{@code
 * JdbcSagas sagas = JdbcSagas.inTable("saga");
 * connection.setAutoCommit(false);
 * ... the work ...
 * sagas.start(connection, payout, "payout/4711", json);
 * connection.commit();
 * runner.nudge();
 * }</pre>
 *
 * <p>For PostgreSQL, MariaDB and H2. Methods with a connection are part of its transaction and
 * block for as long as the database does. Thread-safe.
 */
public final class JdbcSagas {

  private final SagaSql sql;
  private final JdbcFence<String> fence;

  private JdbcSagas(SagaSql sql) {
    this.sql = sql;
    this.fence = JdbcFence.inTable(sql.fence(), Column.TEXT);
  }

  /**
   * The sagas in a table, and in two more whose names begin with its name.
   *
   * @throws IllegalArgumentException if it is not a plain SQL identifier of at most 40 characters
   */
  public static JdbcSagas inTable(String table) {
    return new JdbcSagas(new SagaSql(Sql.table(table)));
  }

  /** Makes the tables where they are not there. Not for a transaction that does anything else. */
  public void create(Connection connection) throws SQLException {
    Sql.execute(connection, sql.ddl(Dialect.of(connection)));
    Ddl.createFence(connection, sql.fence());
  }

  /**
   * Starts a saga in the caller's transaction: it begins when that commits.
   *
   * @param id unique, best made of what gives rise to it
   * @param input for its steps; no secrets, as operators see it
   * @return false if one of this id was started before, of whatever definition
   * @throws IllegalArgumentException as {@link Saga#starting}
   * @throws IllegalStateException with auto-commit on
   */
  public boolean start(Connection connection, SagaDefinition definition, String id, String input)
      throws SQLException {
    Objects.requireNonNull(connection, "connection");
    Objects.requireNonNull(definition, "definition");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(input, "input");
    Sql.requireTransaction(connection);
    Saga saga = Saga.starting(definition, id, input, Instant.now());
    try {
      return SagaRows.insert(connection, sql, saga);
    } catch (SQLException e) {
      throw MissingTables.explained(e, sql.making());
    }
  }

  /** What those who run the sagas read and write. Has at most eight connections at a time. */
  public JdbcSagaStore store(DataSource source) {
    Objects.requireNonNull(source, "source");
    return new JdbcSagaStore(sql, fence, source);
  }

  /** One saga as it stands. */
  public Optional<Saga> find(Connection connection, String id) throws SQLException {
    return SagaRows.query(connection, sql, sql.find(), id).stream().findFirst();
  }

  /** The steps and compensations of a saga that have ended, in their order. */
  public List<StepEnd> steps(Connection connection, String id) throws SQLException {
    return SagaRows.steps(connection, sql, id);
  }

  /**
   * Sagas that have not ended, by their ids.
   *
   * @param after only greater ids, to go on after the last one of a call before; empty for all
   */
  public List<Saga> open(Connection connection, String after, int most) throws SQLException {
    return SagaRows.query(connection, sql, sql.open(), after, most);
  }

  /** How many sagas have not ended. Counts them, so it costs more the more there are. */
  public List<SagaCount> status(Connection connection) throws SQLException {
    return Sql.query(
        connection,
        row ->
            new SagaCount(
                row.getString(1),
                row.getInt(2),
                SagaState.valueOf(row.getString(3)),
                row.getLong(4),
                Instant.ofEpochMilli(row.getLong(5))),
        sql.status());
  }

  /**
   * Has a parked saga go on, with all tries of its present step before it. Takes effect when the
   * caller commits.
   *
   * @return false if it is not parked, or somebody else has just changed it
   */
  public boolean resume(Connection connection, String id) throws SQLException {
    Optional<Saga> parked = parked(connection, id);
    return parked.isPresent()
        && SagaRows.update(connection, sql, parked.get().resumed(Instant.now()));
  }

  /**
   * Has a parked saga go on, with the caller's word for what became of its present step. Nobody
   * checks that. Takes effect when the caller commits.
   *
   * @return false if it is not parked, or somebody else has just changed it
   * @throws IllegalStateException if it compensates and the word is that this was refused
   */
  public boolean settle(Connection connection, String id, StepOutcome outcome) throws SQLException {
    Optional<Saga> parked = parked(connection, id);
    return parked.isPresent()
        && SagaRows.update(connection, sql, parked.get().settled(outcome, Instant.now()));
  }

  private Optional<Saga> parked(Connection connection, String id) throws SQLException {
    return find(connection, id).filter(saga -> saga.state() == SagaState.PARKED);
  }
}
