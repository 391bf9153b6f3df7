package io.holdfast.transaction;

import io.holdfast.transaction.TwoPhaseCommit.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Ends the branches at one participant of transactions on which their branches decide together.
 * Used in the context only.
 */
final class VoterRecovery {

  private final Participant participant;
  private final Epochs epochs;
  private final AllBranches allBranches;
  private final ThreePhaseTermination termination;
  private final CommitRules rules;

  VoterRecovery(
      Participant participant,
      Epochs epochs,
      AllBranches allBranches,
      ThreePhaseTermination termination,
      CommitRules rules) {
    this.participant = participant;
    this.epochs = epochs;
    this.allBranches = allBranches;
    this.termination = termination;
    this.rules = rules;
  }

  /** All that is in doubt now. */
  void listed(List<BranchId> branches) {
    termination.listed(branches);
  }

  /**
   * Looks at the branches of one epoch.
   *
   * @param open if the epoch is; in three phases nobody asks for that
   * @return if there was none
   */
  CompletableFuture<Boolean> settle(Epoch epoch, List<BranchId> branches, boolean open) {
    Map<TransactionId, List<BranchId>> implicit = new LinkedHashMap<>();
    List<BranchId> phased = new ArrayList<>();
    Optional<OpenEpoch> own =
        epochs.own().stream().filter(each -> each.epoch().equals(epoch)).findFirst();
    for (BranchId branch : branches) {
      TransactionId id = branch.transaction();
      if (Voters.of(id).orElseThrow().place() == DecisionPlace.THREE_PHASES) {
        phased.add(branch);
      } else if (own.isPresent() ? !isActive(own, id) : rules.maySettle(open)) {
        implicit.computeIfAbsent(id, first -> new ArrayList<>()).add(branch);
      }
    }
    List<CompletableFuture<Void>> all = new ArrayList<>();
    implicit.forEach((id, those) -> all.add(settle(id, those)));
    all.add(termination.look(phased, id -> isActive(own, id)));
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenApply(done -> branches.isEmpty());
  }

  private static boolean isActive(Optional<OpenEpoch> own, TransactionId id) {
    return own.isPresent() && own.get().isActive(id.sequence());
  }

  /** What is forgotten has ended everywhere: it was prepared too late. */
  private CompletableFuture<Void> settle(TransactionId id, List<BranchId> branches) {
    return allBranches
        .find(id)
        .thenCompose(
            found ->
                ForeignCalls.of(
                    () ->
                        found == Finding.COMMITTED
                            ? participant.commit(branches)
                            : participant.abort(branches)));
  }
}
