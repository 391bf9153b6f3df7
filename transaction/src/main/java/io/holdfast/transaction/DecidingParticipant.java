package io.holdfast.transaction;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A participant that can keep decisions, in the very transaction of its own branch: see {@link
 * DecisionPlace#LAST_BRANCH}.
 *
 * <p>It knows which epochs may decide. What {@link #closeEpoch} returns is final: a {@link
 * DecidingBranch} of that epoch that commits later is refused, however late its request comes.
 * Otherwise as {@link Participant}: nothing blocks, and what has failed is tried again.
 */
public interface DecidingParticipant extends Participant {

  /**
   * Lets an epoch decide here, unless it was closed here before: a request that comes late must not
   * open it again.
   */
  CompletionStage<Void> openEpoch(String domain, String epoch);

  /**
   * Stops an epoch from deciding here, whether it ever could or not. Waits, for a bounded time, for
   * commits of it that are under way.
   */
  CompletionStage<Void> closeEpoch(String domain, String epoch);

  /** The decisions of an epoch that are here, by sequence number, in the form they were given. */
  CompletionStage<Map<Long, String>> decisions(String domain, String epoch);

  /**
   * Makes the decision on a transaction final: writes {@code otherwise} as the decision if there is
   * none, as a commit would.
   *
   * @return the one that is there now
   */
  CompletionStage<String> decideUnlessDecided(TransactionId transaction, String otherwise);

  /** Deletes decisions. */
  CompletionStage<Void> forget(List<TransactionId> transactions);

  /**
   * Deletes all decisions of an epoch that is closed here. It stays closed for as long as a request
   * to open it can be under way.
   */
  CompletionStage<Void> forgetEpoch(String domain, String epoch);

  /** The epochs of a domain that are open here or have decisions here. */
  CompletionStage<List<String>> epochs(String domain);
}
