package io.holdfast.transaction;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A participant that can tell how far a branch has come: what {@link DecisionPlace#THREE_PHASES}
 * needs. Otherwise as {@link Participant}.
 */
public interface PhasedParticipant extends RememberingParticipant {

  /** How far a branch has come at its participant. */
  enum Phase {
    /** It has not prepared, and never will. */
    NONE,
    /** It has prepared. */
    WAITING,
    /** It has heard that all have prepared. */
    PRECOMMITTED,
    /** It has committed. */
    COMMITTED,
    /** It has aborted. */
    ABORTED
  }

  /**
   * Notes of branches that wait that all have prepared. Those that do not wait stay as they are.
   *
   * @return completes when none of them waits any more; fails if that is not certain
   */
  CompletionStage<Void> preCommit(List<BranchId> branches);

  /** How far a branch has come. One that has not prepared is kept from doing so. */
  CompletionStage<Phase> phase(BranchId branch);
}
