package io.holdfast.transaction.jdbc.escrow;

import io.holdfast.transaction.Vote;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One thing to be done at a ledger, and who waits for it.
 *
 * @param <T> what it comes to
 */
sealed interface EscrowRequest<T> {

  /** Completes when it is committed or certainly not; fails if that is not known. */
  CompletableFuture<T> done();

  /**
   * Holds what postings take out, or, if it is all there is to the transaction, posts them.
   *
   * @param alone if they are posted at once
   */
  record Postings(String id, List<Posting> postings, boolean alone, CompletableFuture<Vote> done)
      implements EscrowRequest<Vote> {}

  /**
   * Ends holds.
   *
   * @param post or release
   */
  record Settlement(List<String> ids, boolean post, CompletableFuture<Void> done)
      implements EscrowRequest<Void> {}
}
