package io.holdfast.chaos.suite.transfer;

import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Transactions;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How a client moves money, in one of its lives. */
interface TransferMethod extends AutoCloseable {

  /** What {@link Transactions} are to know for it. */
  List<Participant> participants();

  /** Moves it. A future that fails says nothing of what has become of it. */
  CompletableFuture<Outcome> move(Transactions transactions, Transfer transfer);

  @Override
  void close();
}
