package io.holdfast.demo.operators;

import io.holdfast.cli.databases.BranchListProvider;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.PendingTransaction.PreparedBranch.Form;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/**
 * The branches of payments over several shards that wait in a database of the payment ledger. Only
 * the owner of the shard ends them. The participant is {@code ledger-NAME}, after the name that the
 * database has at the nodes.
 */
public final class LedgerBranches implements BranchListProvider {

  private static final String PREFIX = "ledger-";

  @Override
  public BranchList of(String name, DataSource source) {
    String participant = name.startsWith(PREFIX) ? name : PREFIX + name;
    return new BranchList() {
      @Override
      public String name() {
        return name + " (payments)";
      }

      @Override
      public CompletionStage<List<PreparedBranch>> waiting(String domain) {
        return CompletableFuture.supplyAsync(
            () -> {
              try {
                return list(source, participant, domain);
              } catch (SQLException e) {
                throw new CompletionException(e);
              }
            });
      }
    };
  }

  private static List<PreparedBranch> list(DataSource source, String participant, String domain)
      throws SQLException {
    List<PreparedBranch> found = new ArrayList<>();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      try (ResultSet there =
          statement.executeQuery(
              "SELECT to_regclass('branch') IS NOT NULL AND to_regclass('ledger') IS NOT NULL"
                  + " AND to_regclass('journal') IS NOT NULL")) {
        there.next();
        if (!there.getBoolean(1)) {
          return found;
        }
      }
      try (ResultSet rows = statement.executeQuery("SELECT id FROM branch ORDER BY id")) {
        while (rows.next()) {
          BranchId.parse(rows.getString(1))
              .filter(branch -> branch.transaction().domain().equals(domain))
              .map(branch -> new PreparedBranch(participant, branch, Form.HELD, Optional.empty()))
              .ifPresent(found::add);
        }
      }
    }
    return found;
  }
}
