package io.holdfast.transaction;

import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.TwoPhaseCommit.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Finds the outcome of a transaction that is decided by all of its branches having prepared
 * (Cornus, 2021; the parallel commits of CockroachDB, 2019).
 *
 * <p>Every branch is barred that has not prepared. If none had to be, the transaction is committed;
 * if one had to be it never will. Each branch gives everybody the same answer, so any number may
 * ask, at once and again. That one has been barred, and the epoch is known still, is proof that it
 * was not committed: what branches leave is forgotten after their epoch, and no sooner.
 */
final class AllBranches {

  private final Coordinator coordinator;
  private final Map<String, Participant> participants;

  AllBranches(Coordinator coordinator, Map<String, Participant> participants) {
    this.coordinator = coordinator;
    this.participants = participants;
  }

  /** Fails if that cannot be found out now, or a participant is not known here. */
  CompletableFuture<Finding> find(TransactionId id) {
    List<String> names = Voters.of(id).orElseThrow().participants();
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int index = 0; index < names.size(); index++) {
      BranchId branch = id.branch(index);
      answers.add(
          participants.get(names.get(index)) instanceof BarringParticipant participant
              ? asked(() -> participant.barUnlessPrepared(branch))
              : CompletableFuture.completedFuture(
                  new Answer(false, new IllegalStateException("unknown: " + names.get(index)))));
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenCompose(all -> found(id, answers.stream().map(CompletableFuture::join).toList()));
  }

  /** What a branch has said, or why not. */
  private record Answer(boolean prepared, @Nullable Throwable failure) {}

  /** A call that may throw. */
  private interface Question {
    CompletionStage<Boolean> ask();
  }

  private static CompletableFuture<Answer> asked(Question question) {
    return ForeignCalls.of(question::ask)
        .handle((prepared, failure) -> new Answer(failure == null && prepared, failure));
  }

  private CompletableFuture<Finding> found(TransactionId id, List<Answer> answers) {
    if (answers.stream().anyMatch(each -> each.failure == null && !each.prepared)) {
      return Decisions.abortedUnlessForgotten(coordinator, id);
    }
    for (Answer answer : answers) {
      if (answer.failure != null) {
        return CompletableFuture.failedFuture(answer.failure);
      }
    }
    return CompletableFuture.completedFuture(Finding.COMMITTED);
  }
}
