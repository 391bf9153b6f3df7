package io.holdfast.transaction;

import io.holdfast.spi.Session;
import io.holdfast.transaction.TwoPhaseCommit.Finding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Ends the branches of an open epoch at a participant that is owned here.
 *
 * <p>A decision is final whether its epoch is open or not, so what is decided is ended. What is
 * overdue is given a decision under the very conditions of its coordinator's: whichever of the two
 * is there first stands. The rest is left alone.
 */
final class OwnerRecovery {

  private static final String OVERDUE = "it waited past its deadline";

  private final OwnedParticipant participant;
  private final Map<String, DecidingParticipant> deciders;
  private final Decisions decisions;

  OwnerRecovery(
      OwnedParticipant participant,
      Map<String, DecidingParticipant> deciders,
      Decisions decisions) {
    this.participant = participant;
    this.deciders = deciders;
    this.decisions = decisions;
  }

  CompletableFuture<Void> settle(Session session, Epoch epoch, List<BranchId> branches) {
    String domain = branches.get(0).transaction().domain();
    return Decisions.of(session, epoch)
        .thenCompose(
            there ->
                ForeignCalls.of(() -> participant.overdue(domain))
                    .thenCompose(overdue -> settle(branches, there, new HashSet<>(overdue))));
  }

  private CompletableFuture<Void> settle(
      List<BranchId> branches, Map<Long, Decision> there, Set<BranchId> overdue) {
    List<BranchId> toCommit = new ArrayList<>();
    List<BranchId> toAbort = new ArrayList<>();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (BranchId branch : branches) {
      Decision decision =
          branch.transaction().decider().isEmpty()
              ? there.get(branch.transaction().sequence())
              : null;
      if (decision != null) {
        (decision.commit() ? toCommit : toAbort).add(branch);
      } else if (overdue.contains(branch)) {
        all.add(decide(branch));
      }
    }
    all.add(end(toCommit, true));
    all.add(end(toAbort, false));
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> decide(BranchId branch) {
    Optional<String> name = branch.transaction().decider();
    Optional<DecidingParticipant> decider = name.map(deciders::get);
    if (name.isPresent() && decider.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return decisions
        .find(branch.transaction(), decider, OVERDUE)
        .thenCompose(
            found ->
                found == Finding.FORGOTTEN
                    ? CompletableFuture.<Void>completedFuture(null)
                    : end(List.of(branch), found == Finding.COMMITTED));
  }

  private CompletableFuture<Void> end(List<BranchId> branches, boolean commit) {
    return branches.isEmpty()
        ? CompletableFuture.completedFuture(null)
        : ForeignCalls.of(
            () -> commit ? participant.commit(branches) : participant.abort(branches));
  }
}
