package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.DecidingBranch;
import io.holdfast.transaction.DecidingParticipant;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.internal.BlockingCalls;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A branch whose transaction is open already: the application works with its {@link #connection}
 * until it commits, as within a framework's transactions. Made by {@link
 * PostgresParticipant#begin}.
 *
 * <pre>
 *   try (OpenBranch debit = accounts.begin(within); OpenBranch credit = ledger.begin(within)) {
 *     work(debit.connection(), credit.connection());
 *     return transactions.begin().enlist(debit).enlist(credit).commit();
 *   }
 * </pre>
 *
 * <p>Each takes a connection of the pool from then until it is prepared, committed or closed.
 */
public final class OpenBranch implements DecidingBranch, AutoCloseable {

  private final Connection connection;

  /** Until the commit, or the roll-back, takes it. */
  private final AtomicReference<@Nullable BorrowedConnection> open;

  private final BlockingCalls workers;
  private final DecidingBranch branch;

  OpenBranch(
      BorrowedConnection open,
      BlockingCalls workers,
      Function<PostgresBranch.Connections, DecidingBranch> branch) {
    this.connection = WorkConnection.of(open.connection());
    this.open = new AtomicReference<>(open);
    this.workers = workers;
    this.branch = branch.apply(this::take);
  }

  private BorrowedConnection take() throws SQLException {
    BorrowedConnection taken = open.getAndSet(null);
    if (taken == null) {
      throw new SQLException("the branch was rolled back");
    }
    return taken;
  }

  /**
   * What the application works with, until it commits. Its {@code commit}, {@code rollback} and
   * {@code setAutoCommit(true)} throw; closing it does nothing.
   */
  public Connection connection() {
    return connection;
  }

  /** Rolls back, unless the commit has begun with this branch. Blocks for a round trip. */
  @Override
  public void close() {
    BorrowedConnection left = open.getAndSet(null);
    if (left != null) {
      left.close();
    }
  }

  @Override
  public void discard() {
    workers.run(this::close);
  }

  @Override
  public DecidingParticipant participant() {
    return branch.participant();
  }

  @Override
  public CompletionStage<Vote> prepare(BranchId id, Duration within) {
    return branch.prepare(id, within);
  }

  @Override
  public CompletionStage<Vote> commitAlone(Duration within) {
    return branch.commitAlone(within);
  }

  @Override
  public CompletionStage<Vote> commitAloneHere(Duration within) {
    return branch.commitAloneHere(within);
  }

  @Override
  public CompletionStage<Vote> commitDeciding(TransactionId id, String decision, Duration within) {
    return branch.commitDeciding(id, decision, within);
  }

  @Override
  public CompletionStage<Optional<Boolean>> committedAlone() {
    return branch.committedAlone();
  }
}
