package io.holdfast.chaos.suite.transfer;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.jdbc.tcc.TccAction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * TCC as one writes it who has not heard of barriers: what has been tried is noted, so that others
 * can finish it, and the note is removed when that is done, afterwards.
 */
final class TccWithoutBarrier implements Participant {

  private final String name;
  private final TransferDatabase side;
  private final TccAction action;
  private final ClientLifetime life;

  TccWithoutBarrier(String name, TransferDatabase side, TccAction action, ClientLifetime life) {
    this.name = name;
    this.side = side;
    this.action = action;
    this.life = life;
  }

  Branch branch(String arguments) {
    return new Branch() {
      @Override
      public Participant participant() {
        return TccWithoutBarrier.this;
      }

      @Override
      public CompletionStage<Vote> prepare(BranchId id, Duration within) {
        return CompletableFuture.supplyAsync(() -> attempt(id, arguments));
      }

      @Override
      public CompletionStage<Vote> commitAlone(Duration within) {
        throw new UnsupportedOperationException();
      }

      @Override
      public CompletionStage<Optional<Boolean>> committedAlone() {
        throw new UnsupportedOperationException();
      }
    };
  }

  private Vote attempt(BranchId id, String arguments) {
    try {
      inTransaction(
          connection -> {
            update(
                connection,
                "INSERT INTO tried VALUES (?, ?) ON CONFLICT DO NOTHING",
                id.toString(),
                arguments);
            action.attempt(connection, arguments);
          });
      return Vote.PREPARED;
    } catch (IllegalStateException e) {
      return new Vote.Refused(e.toString());
    }
  }

  /** What is done in a local transaction. */
  private interface Work {
    void with(Connection connection) throws SQLException;
  }

  private void inTransaction(Work work) {
    try (Connection connection = side.connect()) {
      connection.setAutoCommit(false);
      try {
        work.with(connection);
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void update(Connection connection, String sql, String... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return end(branches, action::confirm);
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return end(branches, action::cancel);
  }

  /** How a branch ends. */
  private interface Ending {
    void end(Connection connection, String arguments) throws SQLException;
  }

  private CompletionStage<Void> end(List<BranchId> branches, Ending ending) {
    CompletionStage<Void> all = CompletableFuture.completedFuture(null);
    for (BranchId branch : branches) {
      all =
          all.thenRunAsync(() -> arguments(branch).forEach(each -> work(ending, each)))
              .thenCompose(done -> life.step(() -> CompletableFuture.runAsync(() -> note(branch))));
    }
    return all;
  }

  private void work(Ending ending, String arguments) {
    inTransaction(connection -> ending.end(connection, arguments));
  }

  private void note(BranchId branch) {
    inTransaction(
        connection -> update(connection, "DELETE FROM tried WHERE branch = ?", branch.toString()));
  }

  private List<String> arguments(BranchId branch) {
    List<String> found = new ArrayList<>();
    inTransaction(
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement("SELECT arguments FROM tried WHERE branch = ?")) {
            query.setString(1, branch.toString());
            try (ResultSet rows = query.executeQuery()) {
              while (rows.next()) {
                found.add(rows.getString(1));
              }
            }
          }
        });
    return found;
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return side.tried().stream()
                .flatMap(each -> BranchId.parse(each).stream())
                .filter(each -> each.transaction().domain().equals(domain))
                .toList();
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
