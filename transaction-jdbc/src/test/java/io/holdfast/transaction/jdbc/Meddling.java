package io.holdfast.transaction.jdbc;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Vote;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A participant between whose steps a test does something, which may block. */
class Meddling implements Participant {

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

  /** After branches have been committed, before anybody knows. */
  void committed() {}

  final Branch branch(SqlWork work) {
    Branch branch = real.branch(work);
    return new Branch() {
      @Override
      public Participant participant() {
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
