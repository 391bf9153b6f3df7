package io.holdfast.transaction.jdbc.tcc;

import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.PendingTransaction.PreparedBranch.Form;
import io.holdfast.transaction.internal.BlockingCalls;
import io.holdfast.transaction.jdbc.internal.MissingTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/** The rows of a barrier that wait, seen by somebody who does not know its actions. */
final class TriedBranches implements BranchList {

  private final String participant;
  private final DataSource source;
  private final Duration timeout;
  private final BlockingCalls calls;

  TriedBranches(String participant, DataSource source, Duration timeout) {
    this.participant = participant;
    this.source = source;
    this.timeout = timeout;
    this.calls = new BlockingCalls("holdfast-" + participant + "-tried", 1, 1);
  }

  @Override
  public String name() {
    return participant + " (TCC)";
  }

  @Override
  public CompletionStage<List<PreparedBranch>> waiting(String domain) {
    return calls.call(() -> list(domain));
  }

  private List<PreparedBranch> list(String domain) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return new BarrierTable(connection, timeout, BarrierTable.NO_CALL)
          .inDoubt(domain).entrySet().stream()
              .map(
                  each ->
                      new PreparedBranch(
                          participant, each.getKey(), Form.TRIED, Optional.of(each.getValue())))
              .toList();
    } catch (SQLException e) {
      if (MissingTables.areTold(e)) {
        return List.of();
      }
      throw e;
    }
  }
}
