package io.holdfast.transaction;

import java.util.concurrent.CompletionStage;

/**
 * A participant that can keep a branch from ever preparing there: what {@link
 * DecisionPlace#ALL_BRANCHES} needs. Otherwise as {@link Participant}.
 */
public interface BarringParticipant extends RememberingParticipant {

  /**
   * Makes sure that a branch either has prepared or never will, whatever request arrives late or at
   * the same time.
   *
   * @return true if it has prepared, and then perhaps been committed; false if it never will, or
   *     was aborted. As long as it is remembered, everybody gets the same answer. Fails if that
   *     cannot be found out now
   */
  CompletionStage<Boolean> barUnlessPrepared(BranchId branch);
}
