package io.holdfast.transaction;

import io.holdfast.spi.Context;
import io.holdfast.transaction.TwoPhaseCommit.Finding;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What a {@link CommitAttempt} is part of. Used in the context, where nothing else is said. */
interface CommitContext {

  Context context();

  CompletableFuture<OpenEpoch> epoch();

  Decisions decisions();

  /** Sees to it that there is a decision or never will be, wherever it is kept. */
  CompletableFuture<Finding> find(TransactionId id, String note);

  SecondPhase settlement();

  CommitRules rules();

  /** The trace that the present thread works on. */
  Optional<String> trace();

  /** From any thread. */
  void tell(Supplier<TransactionEvent> event);

  /** True if no more commits are accepted. From any thread. */
  boolean isClosed();

  /**
   * Calls {@code observer} when timers end.
   *
   * @return stops it
   */
  Runnable onClose(Runnable observer);

  /** It has ended in every branch, and has left that. */
  void ended(OpenEpoch epoch, TransactionId id, CommitAttempt.Trace trace);
}
