package io.holdfast.transaction;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A branch whose commit can be the decision on the whole transaction. */
public interface DecidingBranch extends Branch {

  @Override
  DecidingParticipant participant();

  /**
   * Does the work, if it is not done yet, writes the decision, and commits: all of it or nothing,
   * and only if the epoch is open there and nothing was decided before.
   *
   * @param decision to be kept as it is
   * @return {@link Vote.Refused} if it has not committed and never will, anything else if it has.
   *     If the stage fails it is unknown
   */
  CompletionStage<Vote> commitDeciding(TransactionId id, String decision, Duration within);
}
