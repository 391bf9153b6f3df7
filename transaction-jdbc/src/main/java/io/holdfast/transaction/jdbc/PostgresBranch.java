package io.holdfast.transaction.jdbc;

import io.holdfast.spi.Durations;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.DecidingBranch;
import io.holdfast.transaction.DecidingParticipant;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.internal.BlockingCalls;
import io.holdfast.transaction.jdbc.BranchWork.Position;
import io.holdfast.transaction.jdbc.BranchWork.Preparation;
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
import org.jspecify.annotations.Nullable;

/**
 * A branch in PostgreSQL.
 *
 * <p>What the server refuses has had no effect. What breaks the connection may have had one: then
 * the branch may be prepared, and the vote is missing.
 */
final class PostgresBranch implements DecidingBranch {

  /** Where a branch gets its connection. */
  interface Connections {
    BorrowedConnection take() throws SQLException;
  }

  private final PostgresParticipant participant;
  private final BlockingCalls workers;
  private final Connections source;
  private final BranchWork work;
  private final boolean readOnly;
  private final AtomicBoolean used = new AtomicBoolean();

  /** The transaction that {@link #commitAlone} was about to commit. */
  private volatile @Nullable NumberedTransaction committing;

  PostgresBranch(
      PostgresParticipant participant,
      BlockingCalls workers,
      Connections source,
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
    Vote vote = prepare(id, participant.control().preparing(id), within);
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
    BorrowedConnection borrowed;
    try {
      borrowed = source.take();
    } catch (SQLException e) {
      return noConnection(e);
    }
    try {
      Preparation prepared = work.prepare(borrowed.connection(), id.toString(), position, within);
      prepared.position().ifPresent(there -> participant.control().prepared(id, there));
      borrowed.ended();
      return prepared.changed() ? Vote.PREPARED : Vote.READ_ONLY;
    } catch (RefusedException e) {
      execute(borrowed.connection(), "ROLLBACK PREPARED '" + id + "'");
      borrowed.ended();
      return refused(e);
    } catch (SQLException e) {
      if (!isAnswer(e)) {
        throw e;
      }
      return refused(e);
    } finally {
      borrowed.close();
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
    BorrowedConnection borrowed;
    try {
      borrowed = source.take();
    } catch (SQLException e) {
      return noConnection(e);
    }
    try {
      return commit(borrowed, last, within, () -> {});
    } finally {
      borrowed.close();
    }
  }

  /** The database has no longer for an answer than the caller has time. */
  private Vote commitHere(long deadline) throws SQLException {
    BorrowedConnection borrowed;
    try {
      borrowed = source.take();
    } catch (SQLException e) {
      return noConnection(e);
    }
    try {
      ReplyDeadline bound;
      try {
        bound = ReplyDeadline.on(borrowed.connection(), deadline);
      } catch (SQLException nothingSent) {
        return refused(nothingSent);
      }
      try (bound) {
        return commit(borrowed, SqlWork.EMPTY, bound.left(), bound::renew);
      }
    } finally {
      borrowed.close();
    }
  }

  /** What has to be so, or to be done, before {@code COMMIT} is sent. */
  private interface BeforeCommit {
    void check() throws SQLException;
  }

  /** Until {@code COMMIT} is sent nothing can have been committed. */
  private Vote commit(
      BorrowedConnection borrowed, SqlWork last, Duration within, BeforeCommit before)
      throws SQLException {
    Connection connection = borrowed.connection();
    Optional<String> number;
    try {
      Position position = participant.control().worthAsking();
      number =
          work.work(connection, readOnly && last.statements().isEmpty(), last, position, within);
      committing = number.map(NumberedTransaction::parse).orElse(null);
      before.check();
    } catch (SQLException e) {
      borrowed.rollBack();
      return refused(e);
    }
    try {
      commit(connection, within);
    } catch (SQLException e) {
      borrowed.rollBack();
      if (isAnswer(e)) {
        return refused(e);
      }
      throw e;
    }
    borrowed.ended();
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
    NumberedTransaction transaction = committing;
    return transaction == null
        ? CompletableFuture.completedFuture(Optional.of(false))
        : participant.hasCommitted(transaction);
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

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
