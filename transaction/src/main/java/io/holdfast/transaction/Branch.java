package io.holdfast.transaction;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Work at one {@link Participant}, as an application enlists it. Used for one transaction; each
 * method is called at most once, {@link #committedAlone} apart. Nothing here may block but {@link
 * #commitAloneHere}.
 */
public interface Branch {

  /** Where. */
  Participant participant();

  /**
   * Does the work, if it is not done yet, and prepares.
   *
   * @param id the name by which the participant knows it from now on
   * @param within the time after which nobody waits any more; the branch should then give up by
   *     itself
   * @return the vote. If the stage fails the branch may be prepared or become so, and is aborted
   */
  CompletionStage<Vote> prepare(BranchId id, Duration within);

  /**
   * Does the work, if it is not done yet, and commits: there is no other branch.
   *
   * @return {@link Vote.Prepared} and {@link Vote.ReadOnly} mean that it is committed. If the stage
   *     fails it is unknown whether it is
   */
  CompletionStage<Vote> commitAlone(Duration within);

  /**
   * Like {@link #commitAlone}, instead of it, called by the committing thread. Only this method may
   * block that thread, for {@code within} at most, so that the work can stay on it.
   */
  default CompletionStage<Vote> commitAloneHere(Duration within) {
    return commitAlone(within);
  }

  /**
   * Whether {@link #commitAlone} took effect, asked after that has failed, and again after a while
   * if this fails.
   *
   * @return true or false if that is final; empty if it will never be known
   */
  CompletionStage<Optional<Boolean>> committedAlone();

  /** Gives up work that was begun and not prepared. Returns at once; does nothing a second time. */
  default void discard() {}
}
