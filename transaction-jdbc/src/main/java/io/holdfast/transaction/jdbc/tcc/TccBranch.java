package io.holdfast.transaction.jdbc.tcc;

import io.holdfast.spi.Durations;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.internal.BlockingCalls;
import io.holdfast.transaction.tcc.Barrier;
import io.holdfast.transaction.tcc.BarrierState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One try. Until its local transaction is committed nothing of it is there; when the answer to that
 * is lost there is no vote, and the coordinator cancels.
 */
final class TccBranch implements Branch {

  private final TccParticipant participant;
  private final BlockingCalls workers;
  private final TccAction action;
  private final BarrierTable.Call call;

  /** What a lost commit of it alone is found by. */
  private volatile @Nullable String mark;

  TccBranch(
      TccParticipant participant, BlockingCalls workers, TccAction action, BarrierTable.Call call) {
    this.participant = participant;
    this.workers = workers;
    this.action = action;
    this.call = call;
  }

  @Override
  public Participant participant() {
    return participant;
  }

  @Override
  public CompletionStage<Vote> prepare(BranchId id, Duration within) {
    long deadline = System.nanoTime() + Durations.nanos(within);
    return workers.call(() -> attempt(id, deadline));
  }

  private Vote attempt(BranchId id, long deadline) throws SQLException {
    return inTransaction(
        connection -> {
          BarrierTable rows = participant.table(connection, call);
          switch (Barrier.attempt(rows, id)) {
            case REPEATED -> {
              return Vote.PREPARED;
            }
            case REFUSED -> {
              return new Vote.Refused("it was cancelled before");
            }
            case FIRST -> {}
          }
          Savepoint before = connection.setSavepoint();
          Vote.Refused refusal = worked(connection, deadline, false);
          if (refusal == null) {
            rows.require(id, BarrierState.TRIED);
            return Vote.PREPARED;
          }
          // The row stays, so that a repeat is refused as well.
          connection.rollback(before);
          rows.change(id, BarrierState.TRIED, BarrierState.CANCELLED);
          return refusal;
        });
  }

  @Override
  public CompletionStage<Vote> commitAlone(Duration within) {
    long deadline = System.nanoTime() + Durations.nanos(within);
    String own = UUID.randomUUID().toString();
    mark = own;
    return workers.call(
        () ->
            inTransaction(
                connection -> {
                  BarrierTable rows = participant.table(connection, call);
                  if (rows.alone(own, BarrierState.CONFIRMED) != BarrierState.CONFIRMED) {
                    return new Vote.Refused("it was asked for before it was done");
                  }
                  Vote.Refused refusal = worked(connection, deadline, true);
                  if (refusal == null) {
                    rows.requireAlone(own);
                    return Vote.PREPARED;
                  }
                  connection.rollback();
                  return refusal;
                }));
  }

  @Override
  public CompletionStage<Optional<Boolean>> committedAlone() {
    String own = mark;
    return own == null
        ? CompletableFuture.completedFuture(Optional.of(false))
        : participant.committedAlone(own).thenApply(Optional::of);
  }

  /** Why it was refused; null if it was not. */
  private Vote.@Nullable Refused worked(Connection connection, long deadline, boolean alone) {
    try {
      action.attempt(connection, call.arguments());
      if (alone) {
        action.confirm(connection, call.arguments());
      }
    } catch (SQLException | RuntimeException | Error e) {
      return Vote.Refused.because(e);
    }
    return System.nanoTime() - deadline < 0 ? null : new Vote.Refused("it took too long");
  }

  /** What is done before the commit. */
  private interface Work {
    Vote with(Connection connection) throws SQLException;
  }

  /** What fails before the commit, or in it, makes the call fail: then it is cancelled. */
  private Vote inTransaction(Work work) throws SQLException {
    try (Connection connection = participant.connect()) {
      boolean good = false;
      try {
        participant.begin(connection);
        Vote vote = work.with(connection);
        connection.commit();
        good = true;
        return vote;
      } finally {
        if (!good) {
          connection.rollback();
        }
      }
    }
  }
}
