package io.holdfast.transaction.jdbc;

import io.holdfast.coordination.Durations;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.DecidingBranch;
import io.holdfast.transaction.DecidingParticipant;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.internal.BlockingCalls;
import io.holdfast.transaction.jdbc.BranchWork.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A branch in PostgreSQL.
 *
 * <p>What the server refuses has had no effect. What breaks the connection may have had one: then
 * the branch may be prepared, and the vote is missing.
 */
final class PostgresBranch implements DecidingBranch {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresBranch.class);

  private final PostgresParticipant participant;
  private final BlockingCalls workers;
  private final DataSource source;
  private final BranchWork work;
  private final boolean readOnly;
  private final AtomicBoolean used = new AtomicBoolean();

  /** PostgreSQL's number of the transaction that {@link #commitAlone} was about to commit. */
  private volatile @Nullable String committing;

  PostgresBranch(
      PostgresParticipant participant,
      BlockingCalls workers,
      DataSource source,
      BranchWork work,
      boolean readOnly) {
    this.participant = participant;
    this.workers = workers;
    this.source = source;
    this.work = work;
    this.readOnly = readOnly;
  }

  @Override
  public DecidingParticipant participant() {
    return participant;
  }

  @Override
  public CompletionStage<Vote> prepare(BranchId id, Duration within) {
    return once(workers::call, () -> readOnly ? look(within) : prepareNoted(id, within));
  }

  private Vote prepareNoted(BranchId id, Duration within) throws SQLException {
    boolean replicated = participant.control().preparing(id);
    Vote vote = prepare(id, replicated ? Position.ASKED : Position.UNKNOWN, within);
    if (!vote.equals(Vote.PREPARED)) {
      participant.control().refused(id);
    }
    return vote;
  }

  /**
   * What is known of a commit is known of the first: a branch that is used again would take that
   * for its own.
   */
  private CompletionStage<Vote> once(
      Function<Callable<Vote>, CompletionStage<Vote>> how, Callable<Vote> call) {
    return used.compareAndSet(false, true)
        ? how.apply(call)
        : CompletableFuture.completedFuture(
            new Vote.Refused("the branch was used before: each is for one transaction"));
  }

  private Vote prepare(BranchId id, Position position, Duration within) throws SQLException {
    Connection connection;
    try {
      connection = source.getConnection();
    } catch (SQLException e) {
      return noConnection(e);
    }
    try {
      work.prepare(connection, id.toString(), position, within)
          .ifPresent(there -> participant.control().prepared(id, there));
      return Vote.PREPARED;
    } catch (RefusedException e) {
      execute(connection, "ROLLBACK PREPARED '" + id + "'");
      return refused(e);
    } catch (SQLException e) {
      return refusedOrLost(connection, e);
    } catch (RuntimeException | Error e) {
      rollBack(connection);
      throw e;
    } finally {
      PostgresControl.closeQuietly(connection);
    }
  }

  /** Ends in the database before anybody decides: it has nothing to commit. */
  private Vote look(Duration within) throws SQLException {
    return commit(SqlWork.EMPTY, within) instanceof Vote.Refused refused ? refused : Vote.READ_ONLY;
  }

  @Override
  public CompletionStage<Vote> commitAlone(Duration within) {
    return once(workers::call, () -> commit(SqlWork.EMPTY, within));
  }

  @Override
  public CompletionStage<Vote> commitAloneHere(Duration within) {
    long deadline = System.nanoTime() + Durations.nanos(within);
    return once(call -> workers.callHere(call, within), () -> commitHere(deadline));
  }

  @Override
  public CompletionStage<Vote> commitDeciding(TransactionId id, String decision, Duration within) {
    SqlWork last = DecisionTable.deciding(id, decision);
    return once(workers::call, () -> commit(last, within));
  }

  private Vote commit(SqlWork last, Duration within) throws SQLException {
    Connection connection;
    try {
      connection = source.getConnection();
    } catch (SQLException e) {
      return noConnection(e);
    }
    try {
      return commit(connection, last, within, () -> {});
    } finally {
      PostgresControl.closeQuietly(connection);
    }
  }

  /** The database has no longer for an answer than the caller has time. */
  private Vote commitHere(long deadline) throws SQLException {
    Connection connection;
    try {
      connection = source.getConnection();
    } catch (SQLException e) {
      return noConnection(e);
    }
    try (AnswerBound bound = AnswerBound.on(connection, deadline)) {
      return commit(connection, SqlWork.EMPTY, bound.left(), bound::renew);
    } finally {
      PostgresControl.closeQuietly(connection);
    }
  }

  /** What has to be so, or to be done, before {@code COMMIT} is sent. */
  private interface BeforeCommit {
    void check() throws SQLException;
  }

  /** Until {@code COMMIT} is sent nothing can have been committed. */
  private Vote commit(Connection connection, SqlWork last, Duration within, BeforeCommit before)
      throws SQLException {
    boolean autoCommit;
    Optional<String> number;
    try {
      autoCommit = connection.getAutoCommit();
      number = work.work(connection, readOnly && last.statements().isEmpty(), last, within);
      committing = number.orElse(null);
      before.check();
    } catch (SQLException e) {
      rollBack(connection);
      return refused(e);
    } catch (RuntimeException | Error e) {
      rollBack(connection);
      throw e;
    }
    try {
      commit(connection, within);
    } catch (SQLException e) {
      if (isAnswer(e)) {
        rollBack(connection);
        return refused(e);
      }
      throw e;
    }
    connection.setAutoCommit(autoCommit);
    return number.isPresent() ? Vote.PREPARED : Vote.READ_ONLY;
  }

  /** Prepared, so that the server need not read it each time. */
  private static void commit(Connection connection, Duration within) throws SQLException {
    try (PreparedStatement commit = connection.prepareStatement("COMMIT")) {
      commit.execute();
      Replication.require(connection, commit.getWarnings(), MessageWork.seconds(within));
    }
  }

  @Override
  public CompletionStage<Optional<Boolean>> committedAlone() {
    String number = committing;
    return number == null
        ? CompletableFuture.completedFuture(Optional.of(false))
        : participant.hasCommitted(number);
  }

  /** Nothing was sent. */
  private static Vote noConnection(SQLException why) {
    return new Vote.Refused("no connection: " + why.getMessage(), Optional.of(why));
  }

  private static Vote refused(SQLException failure) {
    Throwable thrown =
        failure instanceof WorkFailedException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return new Vote.Refused(String.valueOf(failure.getMessage()), Optional.of(thrown));
  }

  private static Vote refusedOrLost(Connection connection, SQLException failure)
      throws SQLException {
    rollBack(connection);
    if (!isAnswer(failure)) {
      throw failure;
    }
    return refused(failure);
  }

  /**
   * True if the server has said no. The classes 08 (connection) and 57P (server going down), and
   * 40003 by its very name, say nothing about what has happened, nor does a failure without a
   * state.
   */
  private static boolean isAnswer(SQLException failure) {
    String state = failure.getSQLState();
    return state != null
        && !state.startsWith("08")
        && !state.startsWith("57P")
        && !state.equals("40003");
  }

  /** Whoever gets the connection next shall not find a transaction in it. */
  private static void rollBack(Connection connection) {
    try {
      execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      LOG.debug("a connection could not be rolled back", e);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
