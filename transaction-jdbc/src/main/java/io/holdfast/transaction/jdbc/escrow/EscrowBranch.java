package io.holdfast.transaction.jdbc.escrow;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Vote;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Postings of one transaction at one ledger. */
class EscrowBranch implements Branch {

  private final EscrowLedger ledger;
  private final List<Posting> postings;

  /** What it is posted under if it is alone. */
  private volatile @Nullable String alone;

  EscrowBranch(EscrowLedger ledger, List<Posting> postings) {
    this.ledger = ledger;
    this.postings = List.copyOf(postings);
  }

  @Override
  public Participant participant() {
    return ledger;
  }

  @Override
  public CompletionStage<Vote> prepare(BranchId id, Duration within) {
    return ledger.hold(id, postings);
  }

  @Override
  public CompletionStage<Vote> commitAlone(Duration within) {
    String id = "alone:" + UUID.randomUUID();
    alone = id;
    return ledger.post(id, postings);
  }

  @Override
  public CompletionStage<Optional<Boolean>> committedAlone() {
    String id = alone;
    return id == null
        ? CompletableFuture.completedFuture(Optional.of(false))
        : ledger.isPosted(id).thenApply(Optional::of);
  }
}
