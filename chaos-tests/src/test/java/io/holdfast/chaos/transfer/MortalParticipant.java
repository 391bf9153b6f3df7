package io.holdfast.chaos.transfer;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Mistake;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.holdfast.transaction.jdbc.SqlWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A database as a client has it that may die, and that makes a mistake. */
final class MortalParticipant implements Participant, AutoCloseable {

  private final PostgresParticipant real;
  private final Side side;
  private final Life life;
  private final Mistake mistake;

  MortalParticipant(Side side, Life life, Mistake mistake) throws SQLException {
    this.real = side.participant();
    this.side = side;
    this.life = life;
    this.mistake = mistake;
  }

  Branch branch(SqlWork work) {
    Branch branch = real.branch(work);
    return new Branch() {
      @Override
      public Participant participant() {
        return MortalParticipant.this;
      }

      @Override
      public CompletionStage<Vote> prepare(BranchId id, Duration within) {
        return life.step(
            () ->
                switch (mistake) {
                  case SKIPS_THE_TAG_CHECK ->
                      CompletableFuture.supplyAsync(() -> prepareUnchecked(work, id));
                  case COMMITS_WHEN_ASKED_TO_PREPARE ->
                      id.index() == 0 ? branch.commitAlone(within) : branch.prepare(id, within);
                  default -> branch.prepare(id, within);
                });
      }

      @Override
      public CompletionStage<Vote> commitAlone(Duration within) {
        return branch.commitAlone(within);
      }

      @Override
      public CompletionStage<Optional<Boolean>> committedAlone() {
        return branch.committedAlone();
      }
    };
  }

  /** As one does who looks for exceptions, and has seen the statement's. */
  private Vote prepareUnchecked(SqlWork work, BranchId id) {
    try (Connection connection = side.connect()) {
      connection.setAutoCommit(false);
      try {
        for (SqlWork.Statement each : work.statements()) {
          try (PreparedStatement statement = connection.prepareStatement(each.sql())) {
            for (int i = 0; i < each.parameters().size(); i++) {
              statement.setObject(i + 1, each.parameters().get(i));
            }
            statement.execute();
          }
        }
      } catch (SQLException swallowed) {
        // PREPARE will tell, one might think.
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute("PREPARE TRANSACTION '" + id + "'");
        return Vote.PREPARED;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return life.step(() -> real.commit(branches));
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return life.step(() -> real.abort(branches));
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return life.isOver() ? new CompletableFuture<>() : real.inDoubt(domain);
  }

  @Override
  public void close() {
    real.close();
  }
}
