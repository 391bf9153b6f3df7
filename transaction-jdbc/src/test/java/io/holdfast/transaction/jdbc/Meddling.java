package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.DecidingBranch;
import io.holdfast.transaction.DecidingParticipant;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Vote;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A participant between whose steps a test does something, which may block. */
class Meddling implements DecidingParticipant {

  private final PostgresParticipant real;

  Meddling(PostgresParticipant real) {
    this.real = real;
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

  final DecidingBranch branch(SqlWork work) {
    DecidingBranch branch = real.branch(work);
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
        return branch
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

  @Override
  public CompletionStage<Void> openEpoch(String domain, String epoch) {
    return real.openEpoch(domain, epoch);
  }

  @Override
  public CompletionStage<Void> closeEpoch(String domain, String epoch) {
    return real.closeEpoch(domain, epoch);
  }

  @Override
  public CompletionStage<Map<Long, String>> decisions(String domain, String epoch) {
    return real.decisions(domain, epoch);
  }

  @Override
  public CompletionStage<String> decideUnlessDecided(TransactionId id, String otherwise) {
    return real.decideUnlessDecided(id, otherwise);
  }

  @Override
  public CompletionStage<Void> forget(List<TransactionId> transactions) {
    return real.forget(transactions);
  }

  @Override
  public CompletionStage<Void> forgetEpoch(String domain, String epoch) {
    return real.forgetEpoch(domain, epoch);
  }

  @Override
  public CompletionStage<List<String>> epochs(String domain) {
    return real.epochs(domain);
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
