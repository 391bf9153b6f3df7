package io.holdfast.chaos.suite.transfer;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.Mistake;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.tcc.TccAction;
import io.holdfast.transaction.jdbc.tcc.TccOptions;
import io.holdfast.transaction.jdbc.tcc.TccParticipant;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** By try, confirm and cancel: what is taken is taken by the try, and given by the confirm. */
final class TccTransfer implements TransferMethod {

  private static final String MOVE = "move";

  private final List<TccParticipant> real = new ArrayList<>();
  private final List<TccWithoutBarrier> unguarded = new ArrayList<>();
  private final List<CrashingParticipant> mortal = new ArrayList<>();

  TccTransfer(List<TransferDatabase> sides, ClientLifetime life, Mistake mistake)
      throws SQLException {
    for (TransferDatabase side : sides) {
      String name = side + "-tcc";
      if (mistake == Mistake.LEAVES_THE_BARRIER_OUT) {
        TccWithoutBarrier opened = new TccWithoutBarrier(name, side, new Move(), life);
        unguarded.add(opened);
        mortal.add(new CrashingParticipant(opened, life));
      } else {
        TccParticipant opened =
            TccParticipant.open(
                name,
                side.source(),
                Map.of(MOVE, new Move()),
                TccOptions.defaults().withThreads(TransferDatabase.THREADS));
        real.add(opened);
        mortal.add(new CrashingParticipant(opened, life));
      }
    }
  }

  private static final class Move implements TccAction {
    @Override
    public void attempt(Connection connection, String arguments) throws SQLException {
      Transfer.Change change = Transfer.Change.decode(arguments);
      if (change.amount() < 0) {
        TransferDatabase.changeBalance(connection, change.account(), change.amount());
      }
    }

    @Override
    public void confirm(Connection connection, String arguments) throws SQLException {
      Transfer.Change change = Transfer.Change.decode(arguments);
      TransferDatabase.enter(connection, change);
      if (change.amount() > 0) {
        TransferDatabase.changeBalance(connection, change.account(), change.amount());
      }
    }

    @Override
    public void cancel(Connection connection, String arguments) throws SQLException {
      Transfer.Change change = Transfer.Change.decode(arguments);
      if (change.amount() < 0) {
        TransferDatabase.changeBalance(connection, change.account(), -change.amount());
      }
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
    String call = transfer.at(side).encode();
    return mortal
        .get(side)
        .branch(
            unguarded.isEmpty()
                ? real.get(side).branch(MOVE, call)
                : unguarded.get(side).branch(call));
  }

  @Override
  public void close() {
    real.forEach(TccParticipant::close);
  }
}
