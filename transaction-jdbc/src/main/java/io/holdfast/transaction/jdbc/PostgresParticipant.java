package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.DecidingBranch;
import io.holdfast.transaction.DecidingParticipant;
import io.holdfast.transaction.TransactionId;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * A database of PostgreSQL, 12 or later, by {@code PREPARE TRANSACTION}.
 *
 * <p><b>Connections.</b> A branch takes one from {@code work} and gives it back when it is
 * prepared. The second phase has up to {@value PostgresControl#MOST_CONNECTIONS} from {@code
 * control}, which it keeps: a branch may wait for a row that a prepared one has locked, so what
 * ends that one must never wait for a connection. Both are plain or pooled, also by a pooler in
 * transaction mode; they should have a socket time-out, since no other ends the wait for a machine
 * that is gone.
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

  private static final long IDLE_SECONDS = 10;

  private final String name;
  private final DataSource work;
  private final ThreadPoolExecutor workers;
  private final ThreadPoolExecutor controllers;
  private final PostgresControl control;

  private PostgresParticipant(
      String name, DataSource work, PostgresControl control, PostgresOptions options) {
    this.name = name;
    this.work = work;
    this.control = control;
    this.workers = threads("holdfast-" + name, options.threads(), options.waiting());
    this.controllers =
        threads("holdfast-" + name + "-end", PostgresControl.MOST_CONNECTIONS, options.waiting());
  }

  private static ThreadPoolExecutor threads(String name, int most, int waiting) {
    AtomicLong made = new AtomicLong();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(waiting),
            task -> {
              Thread thread = new Thread(task, name + "-" + made.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
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
    PostgresControl checked = new PostgresControl(control, options.controlTimeout());
    checked.examine(options.threads());
    return new PostgresParticipant(name, work, checked, options);
  }

  /** A branch whose statements are known: all of it is one message. */
  public DecidingBranch branch(SqlWork statements) {
    return new PostgresBranch(
        this, workers, work, new MessageWork(statements), statements.readOnly());
  }

  /** A branch that works with a connection, which costs a round trip for each statement. */
  public DecidingBranch branch(ConnectionWork code) {
    return new PostgresBranch(this, workers, work, new CodeWork(code), false);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return run(
        controllers,
        () -> {
          control.end("COMMIT PREPARED", branches);
          return Optional.<Void>empty();
        });
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return run(
        controllers,
        () -> {
          control.end("ROLLBACK PREPARED", branches);
          return Optional.<Void>empty();
        });
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return run(controllers, () -> Optional.of(control.prepared(domain)));
  }

  /** The tables that {@link io.holdfast.transaction.DecisionPlace#LAST_BRANCH} needs. */
  public static String decisionDdl() {
    return DecisionTable.DDL;
  }

  @Override
  public CompletionStage<Void> openEpoch(String domain, String epoch) {
    return change(connection -> DecisionTable.open(connection, domain, epoch));
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
    return ask(connection -> DecisionTable.decideUnlessDecided(connection, transaction, otherwise));
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
    return run(controllers, () -> Optional.of(control.use(use)));
  }

  private CompletionStage<Void> change(ConnectionWork work) {
    return run(
        controllers,
        () -> {
          control.use(
              connection -> {
                work.run(connection);
                return true;
              });
          return Optional.<Void>empty();
        });
  }

  CompletionStage<Optional<Boolean>> hasCommitted(String transaction) {
    return run(controllers, () -> Optional.of(control.hasCommitted(transaction)));
  }

  /** What is rejected, or throws, makes the stage fail. */
  static <T> CompletionStage<T> run(Executor threads, Callable<Optional<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              result.complete(task.call().orElse(null));
            } catch (Exception | Error e) {
              result.completeExceptionally(e);
            }
          });
    } catch (RuntimeException rejected) {
      result.completeExceptionally(rejected);
    }
    return result;
  }

  /** Ends its threads and the connections that it keeps, not the data sources. */
  @Override
  public void close() {
    workers.shutdown();
    controllers.shutdown();
    control.close();
  }

  @Override
  public String toString() {
    return "PostgreSQL " + name;
  }
}
