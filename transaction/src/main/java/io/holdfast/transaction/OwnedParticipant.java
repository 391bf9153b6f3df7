package io.holdfast.transaction;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A participant at which one process at a time may end branches: its owner, who need not be the
 * coordinator.
 *
 * <p>So the owner ends what others have decided while their epoch is open, and what has waited too
 * long it has decided: that is an abort, unless somebody was faster. Calls in other processes:
 * {@link #overdue} fails; {@link #commit} and {@link #abort} fail until the owner has done it, and
 * succeed from then on; {@link #inDoubt} lists as everywhere, so that all can see what is settled.
 */
public interface OwnedParticipant extends Participant {

  /** True if this process is the owner, as far as it knows. */
  boolean isOwnedHere();

  /**
   * Those of {@link #inDoubt} that have waited for their decision for longer than they should.
   *
   * @param domain as there
   */
  CompletionStage<List<BranchId>> overdue(String domain);
}
