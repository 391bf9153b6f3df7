package io.holdfast.transaction;

import io.holdfast.coordination.Context;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A database with one balance. What is prepared survives everything, and the name of a branch that
 * has ended is forgotten, as PostgreSQL has it: a branch prepared late is as good as new.
 */
final class SimulatedDatabase {

  private final String name;
  private final Context context;
  private final Map<BranchId, Integer> prepared = new LinkedHashMap<>();

  /** For the checker: how many branches of a transaction have ended how, ever. */
  private final Map<TransactionId, Integer> committed = new HashMap<>();

  private final Map<TransactionId, Integer> aborted = new HashMap<>();
  private long balance;
  private boolean down;

  SimulatedDatabase(String name, Context context) {
    this.name = name;
    this.context = context;
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
    if (prepared.putIfAbsent(branch, amount) != null) {
      return new Vote.Refused("duplicate");
    }
    return Vote.PREPARED;
  }

  void commitPlain(int amount) {
    balance += amount;
  }

  void commit(List<BranchId> branches) {
    for (BranchId branch : branches) {
      Integer amount = prepared.remove(branch);
      if (amount != null) {
        balance += amount;
        committed.merge(branch.transaction(), 1, Integer::sum);
      }
    }
  }

  void abort(List<BranchId> branches) {
    for (BranchId branch : branches) {
      if (prepared.remove(branch) != null) {
        aborted.merge(branch.transaction(), 1, Integer::sum);
      }
    }
  }

  List<BranchId> inDoubt(String domain) {
    return prepared.keySet().stream()
        .filter(branch -> branch.transaction().domain().equals(domain))
        .toList();
  }

  long balance() {
    return balance;
  }

  boolean hasPrepared() {
    return !prepared.isEmpty();
  }

  Set<BranchId> prepared() {
    return prepared.keySet();
  }

  int committed(TransactionId transaction) {
    return committed.getOrDefault(transaction, 0);
  }

  int aborted(TransactionId transaction) {
    return aborted.getOrDefault(transaction, 0);
  }
}
