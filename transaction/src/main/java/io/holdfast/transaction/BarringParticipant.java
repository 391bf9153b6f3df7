package io.holdfast.transaction;

import java.util.concurrent.CompletionStage;

/**
 * A participant that can keep a branch from ever preparing there: what {@link
 * DecisionPlace#ALL_BRANCHES} needs. Otherwise as {@link Participant}.
 */
public interface BarringParticipant extends RememberingParticipant {

  /**
   * Sees to it that a branch has prepared or never will, whatever comes late or at this very
   * moment.
   *
   * @return true if it has prepared, and then perhaps been committed; false if it never will, or
   *     was aborted. As long as it is remembered, everybody gets the same answer. Fails if that
   *     cannot be found out now
   */
  CompletionStage<Boolean> barUnlessPrepared(BranchId branch);
}
