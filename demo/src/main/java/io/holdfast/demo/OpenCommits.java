package io.holdfast.demo;

import io.holdfast.coordination.Coordinator;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.CoordinatorEpoch;
import io.holdfast.transaction.PendingTransaction;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.TransactionInspection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The transactions of one node that are prepared in both databases. For one thread.
 *
 * <p>{@link #begun} is quick, and may tell of one that is decided by the time that it is told.
 * {@link #undecided} reads the decisions, too: while the node stands still what it tells stays so.
 */
final class OpenCommits implements BranchList, AutoCloseable {

  private static final long BOUND_SECONDS = 2;

  private final Map<String, Connection> databases = new TreeMap<>();
  private final TransactionInspection inspection;
  private final String node;
  private final Set<TransactionId> known = new HashSet<>();

  /** Whether it is the node's, as far as was asked. */
  private final Map<String, Boolean> epochs = new HashMap<>();

  private OpenCommits(Coordinator coordinator, String node) {
    this.inspection = new TransactionInspection(coordinator, List.of(), List.of(this));
    this.node = node;
  }

  /** Of a node that runs. */
  static OpenCommits of(String node, Coordinator coordinator, Map<String, DatabaseConfig> databases)
      throws SQLException {
    OpenCommits open = new OpenCommits(coordinator, node);
    try {
      for (Map.Entry<String, DatabaseConfig> each : databases.entrySet()) {
        DatabaseConfig at = each.getValue();
        open.databases.put(
            each.getKey(), DriverManager.getConnection(at.url(), at.user(), at.password()));
      }
      return open;
    } catch (SQLException | RuntimeException e) {
      open.close();
      throw e;
    }
  }

  /** Whether the node coordinates in this epoch; with a new session it begins another. */
  private boolean isOurs(String epoch) throws InterruptedException {
    Boolean ours = epochs.get(epoch);
    if (ours == null) {
      look()
          .ifPresent(seen -> seen.epochs().forEach(each -> epochs.put(each.name(), isOurs(each))));
      ours = epochs.getOrDefault(epoch, false);
    }
    return ours;
  }

  private boolean isOurs(CoordinatorEpoch epoch) {
    return epoch.state() == CoordinatorEpoch.State.OPEN
        && epoch.coordinator().filter(owner -> owner.name().equals(node)).isPresent();
  }

  /** True if one is prepared in all databases that was not so the last time. */
  boolean begun() throws SQLException, InterruptedException {
    Map<TransactionId, Set<String>> prepared = new HashMap<>();
    for (PreparedBranch each : branches()) {
      prepared
          .computeIfAbsent(each.branch().transaction(), none -> new HashSet<>())
          .add(each.participant());
    }
    boolean fresh = false;
    for (Map.Entry<TransactionId, Set<String>> each : prepared.entrySet()) {
      if (each.getValue().size() == databases.size() && isOurs(each.getKey().epoch())) {
        fresh |= known.add(each.getKey());
      }
    }
    return fresh;
  }

  /** Those that are prepared in all databases and not decided. */
  List<TransactionId> undecided() throws InterruptedException {
    return look()
        .map(
            seen ->
                seen.transactions().stream()
                    .filter(each -> each.state() == PendingTransaction.State.RUNNING)
                    .filter(each -> epochs.getOrDefault(each.id().epoch(), false))
                    .filter(this::isEverywhere)
                    .map(PendingTransaction::id)
                    .toList())
        .orElse(List.of());
  }

  private boolean isEverywhere(PendingTransaction transaction) {
    return transaction.prepared().stream().map(PreparedBranch::participant).distinct().count()
        == databases.size();
  }

  /** Empty if the cluster does not answer in time. */
  private Optional<TransactionInspection.Seen> look() throws InterruptedException {
    try {
      return Optional.of(inspection.look().get(BOUND_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }

  private List<PreparedBranch> branches() throws SQLException {
    List<PreparedBranch> all = new ArrayList<>();
    for (Map.Entry<String, Connection> each : databases.entrySet()) {
      try (Statement statement = each.getValue().createStatement();
          ResultSet rows = statement.executeQuery("SELECT id FROM branch")) {
        while (rows.next()) {
          BranchId.parse(rows.getString(1))
              .map(
                  branch ->
                      new PreparedBranch(
                          each.getKey(), branch, PreparedBranch.Form.HELD, Optional.empty()))
              .ifPresent(all::add);
        }
      }
    }
    return all;
  }

  @Override
  public String name() {
    return "the ledger's databases";
  }

  @Override
  public CompletionStage<List<PreparedBranch>> waiting(String domain) {
    try {
      return CompletableFuture.completedFuture(branches());
    } catch (SQLException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection each : databases.values()) {
      each.close();
    }
  }
}
