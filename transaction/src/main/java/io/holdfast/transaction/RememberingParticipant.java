package io.holdfast.transaction;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A participant that remembers how branches have ended, so that what comes late or twice finds that
 * out; it is told when that is not needed any more.
 *
 * <p>Otherwise as {@link Participant}: nothing blocks, what has failed is tried again, and any
 * number of processes may do so at once.
 */
public interface RememberingParticipant extends Participant {

  /** The epochs of a domain of which it remembers branches that have ended. */
  CompletionStage<List<String>> remembered(String domain);

  /**
   * Forgets branches that have ended. One that has not is never touched.
   *
   * @param upTo the greatest {@link TransactionId#sequence} to forget; {@link Long#MAX_VALUE} if
   *     the epoch itself is forgotten. With less than that, what one participant decides ({@link
   *     DecisionPlace#LAST_BRANCH}) is kept for a day: its decision may be there for longer
   * @param but is not to be forgotten, of those
   */
  CompletionStage<Void> forgetEnded(String domain, String epoch, long upTo, Set<Long> but);
}
