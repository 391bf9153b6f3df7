package io.holdfast.transaction;

import io.holdfast.transaction.tcc.BarrierRows;
import io.holdfast.transaction.tcc.BarrierState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The rows of a barrier in memory, and a watch over what comes through it. */
final class SimulatedBarrier implements BarrierRows<RuntimeException> {

  /** How the barrier may be broken. */
  enum Mistake {
    NONE,
    LETS_REPEATS_THROUGH,
    UNDOES_WHAT_WAS_NOT_TRIED,
    FORGETS_AN_EMPTY_CANCEL
  }

  private final Mistake mistake;
  private final Map<BranchId, BarrierState> rows = new LinkedHashMap<>();

  /** For the watch. What was forgotten may be tried again: it is cancelled once more. */
  private final Set<BranchId> tried = new HashSet<>();

  private final Set<BranchId> ended = new HashSet<>();
  private final Set<BranchId> forgotten = new HashSet<>();
  private final List<String> complaints = new ArrayList<>();

  SimulatedBarrier(Mistake mistake) {
    this.mistake = mistake;
  }

  @Override
  public boolean insert(BranchId branch, BarrierState state) {
    if (rows.containsKey(branch)) {
      return mistake == Mistake.LETS_REPEATS_THROUGH && state == BarrierState.TRIED;
    }
    if (state == BarrierState.CANCELLED) {
      ended.add(branch);
      if (mistake == Mistake.FORGETS_AN_EMPTY_CANCEL) {
        return true;
      }
      if (mistake == Mistake.UNDOES_WHAT_WAS_NOT_TRIED) {
        return false;
      }
    }
    rows.put(branch, state);
    return true;
  }

  @Override
  public boolean change(BranchId branch, BarrierState from, BarrierState to) {
    BarrierState there = rows.get(branch);
    if (there == from) {
      rows.put(branch, to);
      return true;
    }
    return there == null
        ? mistake == Mistake.UNDOES_WHAT_WAS_NOT_TRIED && to == BarrierState.CANCELLED
        : mistake == Mistake.LETS_REPEATS_THROUGH && there == to;
  }

  @Override
  public Optional<BarrierState> find(BranchId branch) {
    return Optional.ofNullable(rows.get(branch));
  }

  /** The work of a try is done. */
  void tried(BranchId branch) {
    if (!tried.add(branch) && !forgotten.contains(branch)) {
      complaints.add(branch + " was tried twice");
    }
    if (ended.contains(branch)) {
      complaints.add(branch + " was tried after its cancel");
    }
  }

  /**
   * The work of a confirm or a cancel is done.
   *
   * @return false if it is of a try that came after its branch was forgotten
   */
  boolean ended(BranchId branch, boolean confirmed) {
    if (!tried.contains(branch)) {
      complaints.add(branch + " was ended and never tried");
    }
    if (!ended.add(branch)) {
      complaints.add(branch + " was ended twice");
    }
    if (forgotten.contains(branch) && confirmed) {
      complaints.add(branch + " was confirmed after it was forgotten");
    }
    return !forgotten.contains(branch);
  }

  List<BranchId> waiting() {
    return rows.keySet().stream()
        .filter(each -> waits(Objects.requireNonNull(rows.get(each))))
        .toList();
  }

  long precommitted() {
    return rows.values().stream().filter(BarrierState.PRECOMMITTED::equals).count();
  }

  private static boolean goesBelowTheMark(TransactionId id) {
    return id.decider().isEmpty() || Voters.of(id).isPresent();
  }

  /** What of an epoch nobody needs any more, if nothing of it is under way. */
  long needless(String epoch) {
    return rows.keySet().stream()
        .map(BranchId::transaction)
        .filter(id -> id.epoch().equals(epoch) && goesBelowTheMark(id))
        .count();
  }

  private static boolean waits(BarrierState state) {
    return state == BarrierState.TRIED || state == BarrierState.PRECOMMITTED;
  }

  /** A row that goes with the prepared transaction that has put it. */
  void rolledBack(BranchId branch) {
    rows.remove(branch);
  }

  List<String> epochs() {
    TreeSet<String> found = new TreeSet<>();
    rows.keySet().forEach(branch -> found.add(branch.transaction().epoch()));
    return List.copyOf(found);
  }

  void forget(String epoch, long upTo, Set<Long> but) {
    for (BranchId branch : List.copyOf(rows.keySet())) {
      TransactionId id = branch.transaction();
      if (id.epoch().equals(epoch)
          && id.sequence() <= upTo
          && !but.contains(id.sequence())
          && (upTo == Long.MAX_VALUE || goesBelowTheMark(id))
          && !waits(Objects.requireNonNull(rows.get(branch)))) {
        rows.remove(branch);
        ended.remove(branch);
        forgotten.add(branch);
      }
    }
  }

  List<String> complaints() {
    return complaints;
  }
}
