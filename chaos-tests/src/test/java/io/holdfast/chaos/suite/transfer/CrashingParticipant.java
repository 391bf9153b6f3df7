package io.holdfast.chaos.suite.transfer;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Vote;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** A participant as a client has it that may die. */
final class CrashingParticipant implements Participant {

  private final Participant real;
  private final ClientLifetime life;

  CrashingParticipant(Participant real, ClientLifetime life) {
    this.real = real;
    this.life = life;
  }

  /** A branch of the real one. */
  Branch branch(Branch branch) {
    return branch(branch, branch::prepare);
  }

  /** A branch of the real one that is prepared in a way of its own. */
  Branch branch(Branch branch, BiFunction<BranchId, Duration, CompletionStage<Vote>> preparing) {
    return new Branch() {
      @Override
      public Participant participant() {
        return CrashingParticipant.this;
      }

      @Override
      public CompletionStage<Vote> prepare(BranchId id, Duration within) {
        return life.step(() -> preparing.apply(id, within));
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
    return life.step(() -> real.commit(branches));
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return life.step(() -> real.abort(branches));
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return life.isOver() ? new CompletableFuture<>() : real.inDoubt(domain);
  }
}
