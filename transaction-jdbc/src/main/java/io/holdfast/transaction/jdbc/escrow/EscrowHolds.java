package io.holdfast.transaction.jdbc.escrow;

import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.PendingTransaction.PreparedBranch.Form;
import io.holdfast.transaction.internal.BlockingCalls;
import io.holdfast.transaction.jdbc.internal.MissingTables;
import io.holdfast.transaction.jdbc.internal.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/** The holds of all shards in a database, seen by somebody who owns none of them. */
final class EscrowHolds implements BranchList {

  private final String database;
  private final DataSource source;
  private final BlockingCalls calls;

  EscrowHolds(String database, DataSource source) {
    this.database = database;
    this.source = source;
    this.calls = new BlockingCalls("holdfast-" + database + "-held", 1, 1);
  }

  @Override
  public String name() {
    return database + " (escrow)";
  }

  @Override
  public CompletionStage<List<PreparedBranch>> waiting(String domain) {
    return calls.call(() -> list(domain));
  }

  private List<PreparedBranch> list(String domain) throws SQLException {
    List<PreparedBranch> found = new ArrayList<>();
    try (Connection connection = source.getConnection()) {
      for (String[] each :
          Sql.query(
              connection,
              row -> new String[] {row.getString(1), row.getString(2)},
              EscrowTables.ALL_HOLDS)) {
        BranchId.parse(each[1])
            .filter(branch -> branch.transaction().domain().equals(domain))
            .map(branch -> new PreparedBranch(each[0], branch, Form.HELD, Optional.empty()))
            .ifPresent(found::add);
      }
      return found;
    } catch (SQLException e) {
      if (MissingTables.areTold(e)) {
        return List.of();
      }
      throw e;
    }
  }
}
