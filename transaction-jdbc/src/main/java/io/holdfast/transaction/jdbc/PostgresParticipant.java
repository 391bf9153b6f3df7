package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.DecidingBranch;
import io.holdfast.transaction.DecidingParticipant;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.internal.BlockingCalls;
import io.holdfast.transaction.jdbc.internal.MissingTables;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/**
 * A database of PostgreSQL, 12 or later, by {@code PREPARE TRANSACTION}.
 *
 * <p><b>Connections.</b> A branch takes one from {@code work} and gives it back when it is
 * prepared. The second phase has up to {@value PostgresControl#MOST_CONNECTIONS} from {@code
 * control}, which it keeps: a branch may wait for a row that a prepared one has locked, so what
 * ends that one must never wait for a connection. So {@code control} is a pool of its own of so
 * many connections, or is not pooled; both may be one data source only if that never runs out.
 * Where it does, ending fails after the control time-out, and says so. Both should have a socket
 * time-out, since no other ends the wait for a machine that is gone.
 *
 * <p><b>A pooler</b> in transaction mode may be between, such as pgbouncer: with a pool of its own
 * for {@code control}, for the same reason, and with {@code prepareThreshold=0} in the driver's
 * address unless the pooler knows named statements.
 *
 * <p><b>The role</b> must be the same in every process, for only it (or a superuser) may end what
 * it has prepared.
 *
 * <p><b>What a prepared branch costs others.</b> Until it has ended it keeps its row locks, also
 * that of a {@link io.holdfast.fence.JdbcFence} check, so the next owner's seal waits for it; and
 * it keeps vacuum from removing what is newer. It cannot be prepared after {@code LISTEN}, {@code
 * NOTIFY} or the use of a temporary table.
 *
 * <p>Thread-safe.
 */
public final class PostgresParticipant implements DecidingParticipant, AutoCloseable {

  private final String name;
  private final DataSource work;
  private final BlockingCalls workers;
  private final BlockingCalls controllers;
  private final PostgresControl control;

  private PostgresParticipant(
      String name, DataSource work, PostgresControl control, PostgresOptions options) {
    this.name = name;
    this.work = work;
    this.control = control;
    this.workers = new BlockingCalls("holdfast-" + name, options.threads(), options.waiting());
    this.controllers =
        new BlockingCalls(
            "holdfast-" + name + "-end", PostgresControl.MOST_CONNECTIONS, options.waiting());
  }

  /** {@link #open(String, DataSource, DataSource, PostgresOptions)} with the default options. */
  public static PostgresParticipant open(String name, DataSource work, DataSource control)
      throws SQLException {
    return open(name, work, control, PostgresOptions.defaults());
  }

  /**
   * Looks whether the database can be relied on. Blocks for a round trip.
   *
   * @param name the same in every process, and another for every database
   * @param work where branches get their connections
   * @param control where the second phase gets its own; may be the same if it never runs out
   * @throws SQLException if the database cannot be reached
   * @throws IllegalStateException if it cannot take part: prepared transactions are switched off,
   *     or too few, or ended by the server itself after a time
   */
  public static PostgresParticipant open(
      String name, DataSource work, DataSource control, PostgresOptions options)
      throws SQLException {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(work, "work");
    Objects.requireNonNull(control, "control");
    Objects.requireNonNull(options, "options");
    PostgresControl checked = new PostgresControl(control, options.controlTimeout());
    checked.examine(options.threads());
    return new PostgresParticipant(name, work, checked, options);
  }

  /**
   * For operators and their tools: ends and lists branches, also where {@link #open} would refuse
   * because no new one could be prepared. Blocks for a round trip.
   *
   * @param timeout for each statement, in the database
   * @throws SQLException if the database cannot be reached
   */
  public static PostgresParticipant openForOperators(
      String name, DataSource source, Duration timeout) throws SQLException {
    PostgresOptions options = PostgresOptions.defaults().withThreads(1).withControlTimeout(timeout);
    PostgresControl control = new PostgresControl(source, timeout);
    control.lookAtServer();
    return new PostgresParticipant(name, source, control, options);
  }

  /** A branch whose statements are known: all of it is one message. */
  public DecidingBranch branch(SqlWork statements) {
    Objects.requireNonNull(statements, "statements");
    return new PostgresBranch(
        this,
        workers,
        () -> BorrowedConnection.from(work),
        new MessageWork(statements),
        statements.readOnly());
  }

  /**
   * A branch that works with a connection, which costs a round trip for each statement. If it has
   * changed nothing and locked no row, it ends when it is to be prepared.
   */
  public DecidingBranch branch(ConnectionWork code) {
    Objects.requireNonNull(code, "code");
    return new PostgresBranch(
        this, workers, () -> BorrowedConnection.from(work), new CodeWork(code), false);
  }

  /**
   * Begins a branch that the calling thread works in until it commits. If it has changed nothing
   * and locked no row, it ends when it is to be prepared. Blocks for a connection and a round trip.
   *
   * @param within how long each of its statements may take, in the database
   * @return to be closed in any case, which rolls back what was not to be committed
   * @throws SQLException if there is no connection
   */
  public OpenBranch begin(Duration within) throws SQLException {
    Objects.requireNonNull(within, "within");
    BorrowedConnection borrowed = BorrowedConnection.from(work);
    try {
      BegunWork.begin(borrowed.connection(), within);
    } catch (SQLException e) {
      borrowed.close();
      throw e;
    }
    return new OpenBranch(
        borrowed,
        workers,
        connections -> new PostgresBranch(this, workers, connections, BegunWork.INSTANCE, false));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return controllers.run(() -> control.end(PostgresControl.COMMIT, branches));
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return controllers.run(() -> control.end(PostgresControl.ROLLBACK, branches));
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return controllers.call(() -> control.prepared(domain));
  }

  @Override
  public CompletionStage<Map<BranchId, Duration>> ages(String domain) {
    return controllers.call(() -> control.ages(domain));
  }

  /** The tables that {@link io.holdfast.transaction.DecisionPlace#LAST_BRANCH} needs. */
  public static String decisionDdl() {
    return DecisionTable.DDL;
  }

  @Override
  public CompletionStage<Void> openEpoch(String domain, String epoch) {
    return change(
        connection -> {
          try {
            DecisionTable.open(connection, domain, epoch);
          } catch (SQLException e) {
            throw MissingTables.explained(e, "the statements of PostgresParticipant.decisionDdl()");
          }
        });
  }

  @Override
  public CompletionStage<Void> closeEpoch(String domain, String epoch) {
    return change(connection -> DecisionTable.close(connection, domain, epoch));
  }

  @Override
  public CompletionStage<Map<Long, String>> decisions(String domain, String epoch) {
    return ask(connection -> DecisionTable.list(connection, domain, epoch));
  }

  @Override
  public CompletionStage<String> decideUnlessDecided(TransactionId transaction, String otherwise) {
    return ask(
        connection -> {
          String there = DecisionTable.decideUnlessDecided(connection, transaction, otherwise);
          control.requireReplicated(connection);
          return there;
        });
  }

  @Override
  public CompletionStage<Void> forget(List<TransactionId> transactions) {
    return change(connection -> DecisionTable.forget(connection, transactions));
  }

  @Override
  public CompletionStage<Void> forgetEpoch(String domain, String epoch) {
    return change(connection -> DecisionTable.forgetEpoch(connection, domain, epoch));
  }

  @Override
  public CompletionStage<List<String>> epochs(String domain) {
    return ask(connection -> DecisionTable.epochs(connection, domain));
  }

  private <T> CompletionStage<T> ask(PostgresControl.Use<T> use) {
    return controllers.call(() -> control.use(use));
  }

  private CompletionStage<Void> change(ConnectionWork work) {
    return controllers.run(
        () ->
            control.use(
                connection -> {
                  work.run(connection);
                  return true;
                }));
  }

  PostgresControl control() {
    return control;
  }

  CompletionStage<Optional<Boolean>> hasCommitted(NumberedTransaction transaction) {
    return controllers.call(() -> control.hasCommitted(transaction));
  }

  /** Ends its threads and the connections that it keeps, not the data sources. */
  @Override
  public void close() {
    workers.close();
    controllers.close();
    control.close();
  }

  @Override
  public String toString() {
    return "PostgreSQL " + name;
  }
}
