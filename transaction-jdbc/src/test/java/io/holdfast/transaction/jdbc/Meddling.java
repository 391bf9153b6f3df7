package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.DecidingBranch;
import io.holdfast.transaction.DecidingParticipant;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Vote;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A participant between whose steps a test does something, which may block. It can decide if the
 * real one can, and has no decisions if not.
 */
class Meddling implements DecidingParticipant {

  private final Participant real;
  private final Optional<DecidingParticipant> decider;

  Meddling(Participant real) {
    this.real = real;
    this.decider =
        real instanceof DecidingParticipant deciding ? Optional.of(deciding) : Optional.empty();
  }

  /** Before a branch is asked to prepare. */
  void beforePrepare() {}

  /** After a branch has prepared, before anybody knows. */
  void prepared() {}

  /** Before branches are committed. */
  void beforeCommit() {}

  /** After the last branch has committed the decision, before anybody knows. */
  void decided() {}

  /** After branches have been committed, before anybody knows. */
  void committed() {}

  final Participant real() {
    return real;
  }

  final DecidingBranch branch(Branch branch) {
    return new DecidingBranch() {
      @Override
      public DecidingParticipant participant() {
        return Meddling.this;
      }

      @Override
      public CompletionStage<Vote> prepare(BranchId id, Duration within) {
        return CompletableFuture.runAsync(Meddling.this::beforePrepare)
            .thenCompose(ready -> branch.prepare(id, within))
            .thenApply(
                vote -> {
                  prepared();
                  return vote;
                });
      }

      @Override
      public CompletionStage<Vote> commitDeciding(
          TransactionId id, String decision, Duration within) {
        return ((DecidingBranch) branch)
            .commitDeciding(id, decision, within)
            .thenApply(
                vote -> {
                  decided();
                  return vote;
                });
      }

      @Override
      public CompletionStage<Vote> commitAlone(Duration within) {
        return branch.commitAlone(within);
      }

      @Override
      public CompletionStage<Optional<Boolean>> committedAlone() {
        return branch.committedAlone();
      }
    };
  }

  private static CompletionStage<Void> nothing() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Void> openEpoch(String domain, String epoch) {
    return decider.orElseThrow().openEpoch(domain, epoch);
  }

  @Override
  public CompletionStage<Void> closeEpoch(String domain, String epoch) {
    return decider.map(known -> known.closeEpoch(domain, epoch)).orElseGet(Meddling::nothing);
  }

  @Override
  public CompletionStage<Map<Long, String>> decisions(String domain, String epoch) {
    return decider
        .map(known -> known.decisions(domain, epoch))
        .orElseGet(() -> CompletableFuture.completedFuture(Map.of()));
  }

  @Override
  public CompletionStage<String> decideUnlessDecided(TransactionId id, String otherwise) {
    return decider.orElseThrow().decideUnlessDecided(id, otherwise);
  }

  @Override
  public CompletionStage<Void> forget(List<TransactionId> transactions) {
    return decider.orElseThrow().forget(transactions);
  }

  @Override
  public CompletionStage<Void> forgetEpoch(String domain, String epoch) {
    return decider.map(known -> known.forgetEpoch(domain, epoch)).orElseGet(Meddling::nothing);
  }

  @Override
  public CompletionStage<List<String>> epochs(String domain) {
    return decider
        .map(known -> known.epochs(domain))
        .orElseGet(() -> CompletableFuture.completedFuture(List.of()));
  }

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return CompletableFuture.runAsync(this::beforeCommit)
        .thenCompose(ready -> real.commit(branches))
        .thenRun(this::committed);
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return real.abort(branches);
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return real.inDoubt(domain);
  }
}
