package io.holdfast.transaction;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A resource that can prepare branches and commit or abort them later, for example a database.
 *
 * <p>Every process that coordinates or recovers needs one for each resource, under the same name,
 * because any process that finds an unfinished transaction must end its branches.
 *
 * <p>Nothing here may block: what does, runs on threads of the participant's own. Stages may
 * complete on any thread. A stage that fails means that the outcome is unknown; the call is then
 * made again. So {@link #commit} and {@link #abort} are idempotent, and of a branch that is not
 * there, or has ended already in whatever way, they change nothing and succeed.
 */
public interface Participant {

  /** What the resource is called, everywhere: 1 to 63 of {@code a-z}, digits, {@code -}. */
  String name();

  /**
   * Commits prepared branches.
   *
   * @return completes when none of them is prepared any more; fails if that is not certain of one
   *     of them, whatever became of the others, and with a {@link HeuristicException} if one has
   *     not been committed and never will be
   */
  CompletionStage<Void> commit(List<BranchId> branches);

  /**
   * Aborts prepared branches.
   *
   * @return completes when none of them is prepared any more; fails if that is not certain of one
   *     of them, whatever became of the others
   */
  CompletionStage<Void> abort(List<BranchId> branches);

  /**
   * Lists what is prepared, by whatever process.
   *
   * @param domain {@link TransactionId#domain} of the branches to list
   * @return every branch of the domain that was prepared before the call and has not ended
   */
  CompletionStage<List<BranchId>> inDoubt(String domain);

  /**
   * For how long branches have been prepared, by the resource's own clock. For operators only.
   *
   * @param domain as for {@link #inDoubt}
   * @return of those of which the resource tells; of none by default
   */
  default CompletionStage<Map<BranchId, Duration>> ages(String domain) {
    return CompletableFuture.completedFuture(Map.of());
  }
}
