package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.RemoteShards;
import io.holdfast.payment.ledger.Trace;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.OwnedParticipant;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A database of the ledger as a participant of transactions. A branch belongs to a shard, and only
 * the shard's owner ends it: this process, or another one that is told to.
 *
 * <p>A transaction knows a branch by its database. So a shard moves to another database only while
 * it has no open branch, see {@link ShardMove}; and a branch is prepared only in the database that
 * the transaction has it for. What is asked of a branch that had ended before its shard moved is
 * answered where the shard is: there it is not found, so it has ended.
 */
final class LedgerParticipant implements OwnedParticipant {

  private final LedgerDatabase database;
  private final Supplier<Set<Integer>> owned;
  private final IntFunction<Lane> lanes;
  private final RemoteShards remote;
  private final Executor readers;

  /** The branches that this process has had prepared. */
  private final Map<String, Asked> asked = new ConcurrentHashMap<>();

  /** Where a branch is, and the trace of the request that it belongs to. */
  private record Asked(int shard, Trace trace) {}

  /** Commits in shards of this process's own, until whoever coordinates them has asked as well. */
  private final Map<String, CompletableFuture<Boolean>> committing = new ConcurrentHashMap<>();

  LedgerParticipant(
      LedgerDatabase database,
      Supplier<Set<Integer>> owned,
      IntFunction<Lane> lanes,
      RemoteShards remote,
      Executor readers) {
    this.database = database;
    this.owned = owned;
    this.lanes = lanes;
    this.remote = remote;
    this.readers = readers;
  }

  String databaseName() {
    return database.name();
  }

  /** It is about to be prepared. */
  void preparing(String branch, int shard, Trace trace) {
    asked.put(branch, new Asked(shard, trace));
  }

  /** It was refused: nothing is left of it, and nobody will ask to end it. */
  void refused(String branch) {
    asked.remove(branch);
  }

  /** Commits a branch in a shard of this process's own, once, whoever asks and how often. */
  CompletableFuture<Boolean> commitHere(int shard, String branch) {
    Lane lane = lanes.apply(shard);
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> earlier = committing.putIfAbsent(branch, mine);
    if (earlier != null) {
      return earlier;
    }
    lane.add(new Settlement(shard, branch, true))
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                mine.complete(done);
              } else {
                committing.remove(branch);
                mine.completeExceptionally(failure);
              }
            });
    return mine;
  }

  @Override
  public String name() {
    return "ledger-" + database.name();
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return settle(branches.stream().map(BranchId::toString).toList(), true);
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return settle(branches.stream().map(BranchId::toString).toList(), false);
  }

  private CompletableFuture<Void> settle(List<String> branches, boolean commit) {
    Map<Integer, List<String>> known = new TreeMap<>();
    List<String> unknown = new ArrayList<>();
    for (String each : branches) {
      Asked where = asked.get(each);
      if (where == null) {
        unknown.add(each);
      } else {
        known.computeIfAbsent(where.shard(), none -> new ArrayList<>()).add(each);
      }
    }
    CompletableFuture<Map<Integer, List<String>>> all =
        unknown.isEmpty()
            ? CompletableFuture.completedFuture(known)
            : CompletableFuture.supplyAsync(() -> find(unknown), readers)
                .thenApply(
                    found -> {
                      known.forEach(
                          (shard, some) ->
                              found.computeIfAbsent(shard, none -> new ArrayList<>()).addAll(some));
                      return found;
                    });
    return all.thenCompose(
            where ->
                CompletableFuture.allOf(
                    where.entrySet().stream()
                        .map(each -> settle(each.getKey(), each.getValue(), commit))
                        .toArray(CompletableFuture[]::new)))
        .whenComplete((done, failure) -> branches.forEach(committing::remove))
        .thenAccept(done -> branches.forEach(asked::remove));
  }

  private CompletableFuture<?> settle(int shard, List<String> branches, boolean commit) {
    return owned.get().contains(shard)
        ? settleHere(shard, branches, commit)
        : settleThere(shard, branches, commit);
  }

  private CompletableFuture<?> settleThere(int shard, List<String> branches, boolean commit) {
    List<Trace> traces =
        branches.stream()
            .flatMap(each -> Optional.ofNullable(asked.get(each)).stream())
            .map(Asked::trace)
            .distinct()
            .toList();
    List<String> parents = traces.stream().flatMap(each -> each.parent().stream()).toList();
    long began = System.nanoTime();
    return remote
        .settle(shard, branches, commit, parents)
        .toCompletableFuture()
        .whenComplete(
            (done, failure) ->
                traces.forEach(each -> each.over("settle", shard, began, System.nanoTime())));
  }

  private CompletableFuture<?> settleHere(int shard, List<String> branches, boolean commit) {
    return CompletableFuture.allOf(
        branches.stream()
            .map(
                each ->
                    commit
                        ? commitHere(shard, each)
                        : lanes.apply(shard).add(new Settlement(shard, each, false)))
            .toArray(CompletableFuture[]::new));
  }

  /** Those that have not ended, by shard. */
  private Map<Integer, List<String>> find(List<String> branches) {
    return database.run(
        connection -> {
          Map<Integer, List<String>> found = new HashMap<>();
          new Message(connection)
              .query(
                  row ->
                      found
                          .computeIfAbsent(row.getInt(1), none -> new ArrayList<>())
                          .add(row.getString(2)),
                  "SELECT shard, id FROM branch WHERE id = ANY (?)",
                  connection.createArrayOf("text", branches.toArray()))
              .run();
          return found;
        });
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return list(domain, "SELECT id FROM branch");
  }

  @Override
  public boolean isOwnedHere() {
    return owned.get().stream().anyMatch(database::owns);
  }

  @Override
  public CompletionStage<List<BranchId>> overdue(String domain) {
    List<Integer> mine = owned.get().stream().filter(database::owns).toList();
    return CompletableFuture.supplyAsync(
        () ->
            database.run(
                connection -> {
                  try (PreparedStatement query =
                      connection.prepareStatement(
                          "SELECT id FROM branch WHERE shard = ANY (?)"
                              + " AND deadline < clock_timestamp()")) {
                    query.setArray(1, connection.createArrayOf("int4", mine.toArray()));
                    return branches(query, domain);
                  }
                }),
        readers);
  }

  private CompletableFuture<List<BranchId>> list(String domain, String sql) {
    return CompletableFuture.supplyAsync(
        () ->
            database.run(
                connection -> {
                  try (PreparedStatement query = connection.prepareStatement(sql)) {
                    return branches(query, domain);
                  }
                }),
        readers);
  }

  private static List<BranchId> branches(PreparedStatement query, String domain)
      throws SQLException {
    List<BranchId> found = new ArrayList<>();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        BranchId.parse(rows.getString(1))
            .filter(branch -> branch.transaction().domain().equals(domain))
            .ifPresent(found::add);
      }
    }
    return found;
  }
}
