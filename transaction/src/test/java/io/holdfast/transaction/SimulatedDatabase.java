package io.holdfast.transaction;

import io.holdfast.spi.Context;
import io.holdfast.transaction.tcc.Barrier;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A database with one balance. What is prepared survives everything, and the name of a branch that
 * has ended is forgotten, as PostgreSQL has it: a branch prepared late is as good as new. Or, by
 * its kind, work is tried, confirmed and cancelled there behind a barrier.
 */
final class SimulatedDatabase {

  /** How it takes part. */
  public enum Kind {
    PREPARES,
    TRIES,
    /** The same, but one process only may end what was tried: its owner. */
    OWNED
  }

  private final String name;
  private final Context context;
  private final Kind kind;
  private final SimulatedBarrier barrier;

  /** What was tried, for whoever ends it. */
  private final Map<BranchId, Integer> amounts = new HashMap<>();

  private final Map<BranchId, Integer> prepared = new LinkedHashMap<>();

  /** The epochs that may decide here, and what was decided here. */
  private final Set<String> epochs = new TreeSet<>();

  private final Set<String> closed = new TreeSet<>();
  private final Map<TransactionId, String> decisions = new LinkedHashMap<>();

  /** For the checker: how many branches of a transaction have ended how, ever. */
  private final Map<TransactionId, Integer> committed = new HashMap<>();

  private final Map<TransactionId, Integer> aborted = new HashMap<>();

  /** Grows with each hand-over. */
  private int owner;

  /** When it was tried. */
  private final Map<BranchId, Long> triedAt = new HashMap<>();

  private long balance;
  private boolean down;

  SimulatedDatabase(String name, Context context, Kind kind, SimulatedBarrier barrier) {
    this.name = name;
    this.context = context;
    this.kind = kind;
    this.barrier = barrier;
  }

  /** If a branch may be asked twice to prepare. */
  boolean takesRepeats() {
    return tries();
  }

  private boolean tries() {
    return kind != Kind.PREPARES;
  }

  boolean isOwned() {
    return kind == Kind.OWNED;
  }

  /** The last owner is refused from now on. */
  int handOver() {
    return ++owner;
  }

  /** If whoever has the token may end these. Who is not the owner sees whether they have ended. */
  boolean mayEnd(int token, List<BranchId> branches) {
    return !isOwned() || token == owner || prepared().stream().noneMatch(branches::contains);
  }

  boolean isOwnedBy(int token) {
    return token == owner;
  }

  List<BranchId> overdue(String domain, Duration deadline) {
    return inDoubt(domain).stream()
        .filter(
            branch -> context.nanoTime() - triedAt.getOrDefault(branch, 0L) > deadline.toNanos())
        .toList();
  }

  SimulatedBarrier barrier() {
    return barrier;
  }

  String name() {
    return name;
  }

  Context context() {
    return context;
  }

  void down(boolean isDown) {
    down = isDown;
  }

  boolean isDown() {
    return down;
  }

  Vote prepare(BranchId branch, int amount) {
    if (tries()) {
      return attempt(branch, amount);
    }
    if (Voters.of(branch.transaction()).isPresent()
        && Barrier.attempt(barrier, branch) != Barrier.Admission.FIRST) {
      return new Vote.Refused("barred");
    }
    if (prepared.putIfAbsent(branch, amount) != null) {
      return new Vote.Refused("duplicate");
    }
    return Vote.PREPARED;
  }

  private Vote attempt(BranchId branch, int amount) {
    return switch (Barrier.attempt(barrier, branch)) {
      case FIRST -> {
        amounts.put(branch, amount);
        barrier.tried(branch);
        triedAt.put(branch, context.nanoTime());
        yield Vote.PREPARED;
      }
      case REPEATED -> Vote.PREPARED;
      case REFUSED -> new Vote.Refused("cancelled before");
    };
  }

  void commitPlain(int amount) {
    balance += amount;
  }

  void openEpoch(String epoch) {
    if (!closed.contains(epoch)) {
      epochs.add(epoch);
    }
  }

  void closeEpoch(String epoch) {
    closed.add(epoch);
    epochs.remove(epoch);
  }

  /** All in one step, as a local transaction is. */
  Vote commitDeciding(TransactionId transaction, String decision, int amount) {
    if (!epochs.contains(transaction.epoch())) {
      return new Vote.Refused("the epoch is closed");
    }
    if (decisions.putIfAbsent(transaction, decision) != null) {
      return new Vote.Refused("decided already");
    }
    balance += amount;
    committed.merge(transaction, 1, Integer::sum);
    return Vote.PREPARED;
  }

  String decideUnlessDecided(TransactionId transaction, String otherwise) {
    return decisions.computeIfAbsent(transaction, none -> otherwise);
  }

  Map<Long, String> decisions(String epoch) {
    Map<Long, String> found = new HashMap<>();
    decisions.forEach(
        (transaction, decision) -> {
          if (transaction.epoch().equals(epoch)) {
            found.put(transaction.sequence(), decision);
          }
        });
    return found;
  }

  void forget(List<TransactionId> transactions) {
    transactions.forEach(decisions::remove);
  }

  void forgetEpoch(String epoch) {
    closeEpoch(epoch);
    decisions.keySet().removeIf(transaction -> transaction.epoch().equals(epoch));
  }

  List<String> epochs() {
    TreeSet<String> known = new TreeSet<>(epochs);
    decisions.keySet().forEach(transaction -> known.add(transaction.epoch()));
    return List.copyOf(known);
  }

  void commit(List<BranchId> branches) {
    for (BranchId branch : branches) {
      Integer amount = tries() ? confirmed(branch) : prepared.remove(branch);
      if (amount != null) {
        if (kind == Kind.PREPARES) {
          Barrier.confirm(barrier, branch);
        }
        balance += amount;
        committed.merge(branch.transaction(), 1, Integer::sum);
      }
    }
  }

  /** What to add to the balance; null if there is nothing to do. */
  private @Nullable Integer confirmed(BranchId branch) {
    return Barrier.confirm(barrier, branch) && barrier.ended(branch, true)
        ? amounts.get(branch)
        : null;
  }

  void abort(List<BranchId> branches) {
    for (BranchId branch : branches) {
      if (tries()
          ? Barrier.cancel(barrier, branch) && barrier.ended(branch, false)
          : rolledBack(branch)) {
        aborted.merge(branch.transaction(), 1, Integer::sum);
      }
    }
  }

  private boolean rolledBack(BranchId branch) {
    if (prepared.remove(branch) == null) {
      return false;
    }
    barrier.rolledBack(branch);
    return true;
  }

  List<BranchId> inDoubt(String domain) {
    return prepared().stream()
        .filter(branch -> branch.transaction().domain().equals(domain))
        .toList();
  }

  long balance() {
    return balance;
  }

  boolean hasPrepared() {
    return !prepared().isEmpty();
  }

  List<BranchId> prepared() {
    return tries() ? barrier.waiting() : List.copyOf(prepared.keySet());
  }

  int committed(TransactionId transaction) {
    return committed.getOrDefault(transaction, 0);
  }

  int aborted(TransactionId transaction) {
    return aborted.getOrDefault(transaction, 0);
  }
}
