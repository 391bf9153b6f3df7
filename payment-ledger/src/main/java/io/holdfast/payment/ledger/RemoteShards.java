package io.holdfast.payment.ledger;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * How a node reaches the owners of shards that are not its own, for transactions over several
 * shards. What it sends, the owner gives to {@link Ledger#prepareHere} and {@link
 * Ledger#settleHere}. Nothing here may block.
 */
public interface RemoteShards {

  /**
   * Has the owner of a shard prepare a branch.
   *
   * @param branch its name in the transaction
   * @param body what {@link Ledger#prepareHere} reads
   * @param trace the {@code traceparent} of the request, for the owner; empty if it is not traced
   * @return empty if it is prepared; the refusal if it is not, and nothing is left of it. If it
   *     fails, the branch may be prepared
   */
  CompletionStage<Optional<Refusal>> prepare(
      int shard, String branch, String body, Optional<String> trace);

  /**
   * Tells the owner of a shard how branches end.
   *
   * @param traces the {@code traceparent} of each request that the branches belong to, as far as
   *     they are known and traced
   * @return completes when they have ended; fails if that is not certain
   */
  CompletionStage<Void> settle(
      int shard, List<String> branches, boolean commit, List<String> traces);

  /**
   * Waits until what the owner of a shard has answered by now is committed there, see {@link
   * Ledger#settled}. Looks for the owner for some seconds, as a shard has none while it is handed
   * over.
   *
   * @return fails if there is none by then, or it does not answer
   */
  CompletionStage<Void> settled(int shard);
}
