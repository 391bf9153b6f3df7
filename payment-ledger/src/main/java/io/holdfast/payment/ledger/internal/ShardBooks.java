package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.internal.Effects.DocumentRow;
import io.holdfast.payment.ledger.internal.Effects.EventRow;
import io.holdfast.payment.ledger.internal.JournalRow.EntryRow;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One shard as a batch sees it: what was read of it, with what the batch's tasks have changed so
 * far, and what is therefore to be written. Used by one thread.
 */
final class ShardBooks {

  /** Reads what was not foreseen, one by one. */
  interface Loader {
    Optional<AccountRow> account(int shard, String id) throws SQLException;

    Optional<Stored<DocumentRow>> document(int shard, String id) throws SQLException;

    Optional<Stored<Hold>> hold(int shard, String id) throws SQLException;
  }

  /** A row of {@code branch} to put. */
  record BranchRow(String id, Instant deadline, BranchBody body) {}

  /** An event with its place. */
  record PlacedEvent(long seq, int number, EventRow event) {}

  private final int shard;
  private final Loader loader;
  private final Map<Integer, ShardBooks> all;
  private final Map<String, Optional<AccountRow>> accounts = new HashMap<>();
  private final Map<String, Optional<Stored<DocumentRow>>> documents = new HashMap<>();
  private final Map<String, Optional<Stored<Hold>>> holds = new HashMap<>();
  private final Map<OperationKey, OperationRow> operations = new HashMap<>();
  private final Map<String, BranchBody> branches = new HashMap<>();
  private final Set<String> bookedTransactions = new HashSet<>();

  final Set<String> changedAccounts = new LinkedHashSet<>();
  final Set<String> changedDocuments = new LinkedHashSet<>();
  final Set<String> changedHolds = new LinkedHashSet<>();
  final Set<OperationKey> changedOperations = new LinkedHashSet<>();
  final Map<String, BranchRow> putBranches = new LinkedHashMap<>();
  final Set<String> removedBranches = new LinkedHashSet<>();
  final Map<String, Long> system = new LinkedHashMap<>();
  final List<JournalRow> journal = new ArrayList<>();
  final List<byte[]> hashes = new ArrayList<>();
  final List<PlacedEvent> events = new ArrayList<>();
  final List<PlacedEvent> toldEvents = new ArrayList<>();
  private long seq;
  private byte[] hash;

  /**
   * As its row says.
   *
   * @param all those that the batch has locked, by shard
   */
  ShardBooks(int shard, long seq, byte[] hash, Loader loader, Map<Integer, ShardBooks> all) {
    this.shard = shard;
    this.seq = seq;
    this.hash = hash.clone();
    this.loader = loader;
    this.all = all;
  }

  int shard() {
    return shard;
  }

  /** Another shard of the same database; empty if the batch may not change it. */
  Optional<ShardBooks> beside(int other) {
    return Optional.ofNullable(all.get(other));
  }

  long seq() {
    return seq;
  }

  byte[] hash() {
    return hash.clone();
  }

  /** What was read. */
  void loaded(AccountRow row) {
    accounts.put(row.id(), Optional.of(row));
  }

  void loadedDocument(Stored<DocumentRow> row) {
    documents.put(row.value().id(), Optional.of(row));
  }

  void loadedHold(Stored<Hold> row) {
    holds.put(row.value().id(), Optional.of(row));
  }

  void loaded(OperationRow row) {
    operations.put(row.key(), row);
  }

  void loaded(String id, BranchBody body) {
    branches.put(id, body);
  }

  void loadedTransaction(String transaction) {
    bookedTransactions.add(transaction);
  }

  /** What was looked for; if it is not loaded by now it is not there. */
  void looked(
      Iterable<String> forAccounts, Iterable<String> forDocuments, Iterable<String> forHolds) {
    forAccounts.forEach(id -> accounts.putIfAbsent(id, Optional.empty()));
    forDocuments.forEach(id -> documents.putIfAbsent(id, Optional.empty()));
    forHolds.forEach(id -> holds.putIfAbsent(id, Optional.empty()));
  }

  Optional<AccountRow> account(String id) {
    Optional<AccountRow> known = accounts.get(id);
    if (known == null) {
      known = load(() -> loader.account(shard, id));
      accounts.put(id, known);
    }
    return known;
  }

  Optional<Stored<DocumentRow>> document(String id) {
    Optional<Stored<DocumentRow>> known = documents.get(id);
    if (known == null) {
      known = load(() -> loader.document(shard, id));
      documents.put(id, known);
    }
    return known;
  }

  Optional<Stored<Hold>> hold(String id) {
    Optional<Stored<Hold>> known = holds.get(id);
    if (known == null) {
      known = load(() -> loader.hold(shard, id));
      holds.put(id, known);
    }
    return known;
  }

  Optional<OperationRow> operation(OperationKey key) {
    return Optional.ofNullable(operations.get(key));
  }

  Optional<BranchBody> branch(String id) {
    return Optional.ofNullable(branches.get(id));
  }

  /** Whether this shard's part of a transaction is booked, if that was wanted. */
  boolean hasBooked(String transaction) {
    return bookedTransactions.contains(transaction);
  }

  Iterable<BranchBody> branches() {
    return List.copyOf(branches.values());
  }

  private interface Load<T> {
    Optional<T> run() throws SQLException;
  }

  private static <T> Optional<T> load(Load<T> what) {
    try {
      return what.run();
    } catch (SQLException e) {
      throw new UncheckedSqlException(e);
    }
  }

  void put(AccountRow row) {
    accounts.put(row.id(), Optional.of(row));
    changedAccounts.add(row.id());
  }

  void put(OperationRow row) {
    operations.put(row.key(), row);
    changedOperations.add(row.key());
  }

  /** As if it had never been asked. */
  void forget(OperationKey key) {
    operations.remove(key);
    changedOperations.add(key);
  }

  void putDocument(Stored<DocumentRow> row) {
    documents.put(row.value().id(), Optional.of(row));
    changedDocuments.add(row.value().id());
  }

  void removeDocument(String id) {
    documents.put(id, Optional.empty());
    changedDocuments.add(id);
  }

  void putHold(Stored<Hold> row) {
    holds.put(row.value().id(), Optional.of(row));
    changedHolds.add(row.value().id());
  }

  void removeHold(String id) {
    holds.put(id, Optional.empty());
    changedHolds.add(id);
  }

  void putBranch(BranchRow row) {
    branches.put(row.id(), row.body());
    putBranches.put(row.id(), row);
    removedBranches.remove(row.id());
  }

  void removeBranch(String id) {
    branches.remove(id);
    if (putBranches.remove(id) == null) {
      removedBranches.add(id);
    }
  }

  /** The next effect of the shard. */
  JournalRow journal(Instant at, BranchBody.Head head, String transaction, List<EntryRow> entries) {
    seq++;
    JournalRow row = new JournalRow(shard, seq, at, head, transaction, List.copyOf(entries));
    hash = row.hash(hash);
    journal.add(row);
    hashes.add(hash);
    bookedTransactions.add(transaction);
    for (EntryRow each : entries) {
      if (each.account().indexOf(':') >= 0) {
        system.merge(each.account(), each.amount(), Math::addExact);
      }
    }
    return row;
  }
}
