package io.holdfast.chaos.transfer;

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
final class ByTcc implements Way {

  private static final String MOVE = "move";

  private final List<TccParticipant> real = new ArrayList<>();
  private final List<WithoutBarrier> unguarded = new ArrayList<>();
  private final List<MortalParticipant> mortal = new ArrayList<>();

  ByTcc(List<Side> sides, Life life, Mistake mistake) throws SQLException {
    for (Side side : sides) {
      String name = side + "-tcc";
      if (mistake == Mistake.LEAVES_THE_BARRIER_OUT) {
        WithoutBarrier opened = new WithoutBarrier(name, side, new Move(), life);
        unguarded.add(opened);
        mortal.add(new MortalParticipant(opened, life));
      } else {
        TccParticipant opened =
            TccParticipant.open(
                name,
                side.source(),
                Map.of(MOVE, new Move()),
                TccOptions.defaults().withThreads(Side.THREADS));
        real.add(opened);
        mortal.add(new MortalParticipant(opened, life));
      }
    }
  }

  private static final class Move implements TccAction {
    @Override
    public void attempt(Connection connection, String arguments) throws SQLException {
      Transfer.Change change = Transfer.Change.decode(arguments);
      if (change.amount() < 0) {
        Side.changeBalance(connection, change.account(), change.amount());
      }
    }

    @Override
    public void confirm(Connection connection, String arguments) throws SQLException {
      Transfer.Change change = Transfer.Change.decode(arguments);
      Side.enter(connection, change);
      if (change.amount() > 0) {
        Side.changeBalance(connection, change.account(), change.amount());
      }
    }

    @Override
    public void cancel(Connection connection, String arguments) throws SQLException {
      Transfer.Change change = Transfer.Change.decode(arguments);
      if (change.amount() < 0) {
        Side.changeBalance(connection, change.account(), -change.amount());
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
