package io.holdfast.chaos.suite.transfer;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Mistake;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.holdfast.transaction.jdbc.SqlWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** By prepared transactions in both databases. */
final class TwoPhaseTransfer implements TransferMethod {

  private final List<TransferDatabase> sides;
  private final Mistake mistake;
  private final List<PostgresParticipant> real = new ArrayList<>();
  private final List<CrashingParticipant> mortal = new ArrayList<>();

  TwoPhaseTransfer(List<TransferDatabase> sides, ClientLifetime life, Mistake mistake)
      throws SQLException {
    this.sides = sides;
    this.mistake = mistake;
    for (TransferDatabase side : sides) {
      PostgresParticipant opened = side.participant();
      real.add(opened);
      mortal.add(new CrashingParticipant(opened, life));
    }
  }

  @Override
  public List<Participant> participants() {
    return List.copyOf(mortal);
  }

  @Override
  public CompletableFuture<Outcome> move(Transactions transactions, Transfer transfer) {
    return transactions
        .begin()
        .enlist(branch(0, transfer))
        .enlist(branch(1, transfer))
        .commitAsync();
  }

  private Branch branch(int side, Transfer transfer) {
    SqlWork work = TransferDatabase.work(transfer.at(side));
    Branch branch = real.get(side).branch(work);
    return switch (mistake) {
      case SKIPS_THE_TAG_CHECK ->
          mortal
              .get(side)
              .branch(
                  branch,
                  (id, within) ->
                      CompletableFuture.supplyAsync(
                          () -> prepareUnchecked(sides.get(side), work, id)));
      case COMMITS_WHEN_ASKED_TO_PREPARE ->
          mortal
              .get(side)
              .branch(
                  branch,
                  (id, within) ->
                      side == 0 ? branch.commitAlone(within) : branch.prepare(id, within));
      default -> mortal.get(side).branch(branch);
    };
  }

  /** As one does who looks for exceptions, and has seen the statement's. */
  private static Vote prepareUnchecked(TransferDatabase side, SqlWork work, BranchId id) {
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
  public void close() {
    real.forEach(PostgresParticipant::close);
  }
}
