package io.holdfast.transaction;

import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Lists branches that wait for a decision and that only processes of the application can end. For
 * operators, see {@link TransactionInspection}. Nothing here may block; stages may complete on any
 * thread.
 */
public interface BranchList {

  /** Where it looks, for people. */
  String name();

  /**
   * Lists what waits, of whatever process.
   *
   * @param domain {@link TransactionId#domain} of the branches to list
   */
  CompletionStage<List<PreparedBranch>> waiting(String domain);
}
