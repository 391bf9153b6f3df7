package io.holdfast.transaction;

import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.transaction.PhasedParticipant.Phase;
import io.holdfast.transaction.ThreePhaseCommit.Termination;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Ends the branches of three-phase commits that have waited too long at one participant, for their
 * coordinator is taken for dead: asks those that can be reached how far they have come, and goes by
 * that. Asks neither the cluster nor those that do not answer, which is the whole point and the
 * whole trouble. Used in the context only.
 */
final class ThreePhaseTermination {

  private final Map<String, Participant> participants;
  private final Context context;
  private final long patience;

  /** When each was seen first. */
  private final Map<BranchId, Long> waiting = new HashMap<>();

  ThreePhaseTermination(Map<String, Participant> participants, Context context, Duration patience) {
    this.participants = participants;
    this.context = context;
    this.patience = Durations.nanos(patience);
  }

  /** All that waits now at the participant. */
  void listed(Collection<BranchId> branches) {
    waiting.keySet().retainAll(Set.copyOf(branches));
  }

  /**
   * Looks at some of what waits now.
   *
   * @param active whose coordinator is known to live
   */
  CompletableFuture<Void> look(List<BranchId> branches, Predicate<TransactionId> active) {
    Set<TransactionId> late = new LinkedHashSet<>();
    for (BranchId branch : branches) {
      long since = waiting.computeIfAbsent(branch, first -> context.nanoTime());
      if (context.nanoTime() - since > patience && !active.test(branch.transaction())) {
        late.add(branch.transaction());
      }
    }
    return CompletableFuture.allOf(
        late.stream().map(this::terminate).toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> terminate(TransactionId id) {
    List<String> names = Voters.of(id).orElseThrow().participants();
    Map<BranchId, PhasedParticipant> asked = new LinkedHashMap<>();
    Map<BranchId, CompletableFuture<Phase>> answers = new LinkedHashMap<>();
    for (int index = 0; index < names.size(); index++) {
      BranchId branch = id.branch(index);
      if (participants.get(names.get(index)) instanceof PhasedParticipant participant) {
        asked.put(branch, participant);
        answers.put(branch, ForeignCalls.of(() -> participant.phase(branch)));
      }
    }
    return settled(answers.values())
        .thenCompose(
            all -> {
              Map<BranchId, Phase> reachable = new LinkedHashMap<>();
              answers.forEach(
                  (branch, answer) -> {
                    if (!answer.isCompletedExceptionally()) {
                      reachable.put(branch, answer.join());
                    }
                  });
              return reachable.isEmpty()
                  ? CompletableFuture.<Void>completedFuture(null)
                  : end(asked, reachable);
            });
  }

  private CompletableFuture<Void> end(
      Map<BranchId, PhasedParticipant> asked, Map<BranchId, Phase> reachable) {
    Termination termination = ThreePhaseCommit.terminate(reachable.values());
    List<CompletableFuture<Void>> noted = new ArrayList<>();
    if (termination == Termination.PRECOMMIT_AND_COMMIT) {
      reachable.forEach(
          (branch, phase) -> {
            if (phase == Phase.WAITING) {
              noted.add(ForeignCalls.of(() -> of(asked, branch).preCommit(List.of(branch))));
            }
          });
    }
    return settled(noted)
        .thenCompose(
            told ->
                settled(
                    reachable.keySet().stream()
                        .map(
                            branch ->
                                ForeignCalls.of(
                                    () ->
                                        termination == Termination.ABORT
                                            ? of(asked, branch).abort(List.of(branch))
                                            : of(asked, branch).commit(List.of(branch))))
                        .toList()));
  }

  private static PhasedParticipant of(Map<BranchId, PhasedParticipant> asked, BranchId branch) {
    PhasedParticipant participant = asked.get(branch);
    if (participant == null) {
      throw new IllegalStateException("not asked: " + branch);
    }
    return participant;
  }

  /** When all have come to an end, whatever that is. */
  private static CompletableFuture<Void> settled(
      Collection<? extends CompletableFuture<?>> futures) {
    return CompletableFuture.allOf(
        futures.stream()
            .map(future -> future.handle((value, failure) -> true))
            .toArray(CompletableFuture[]::new));
  }
}
