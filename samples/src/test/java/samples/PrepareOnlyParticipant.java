package samples;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.holdfast.transaction.jdbc.SqlWork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A database in which this process prepares branches and never ends one. */
final class PrepareOnlyParticipant implements Participant {

  private final PostgresParticipant database;

  PrepareOnlyParticipant(PostgresParticipant database) {
    this.database = database;
  }

  /** {@code votes} false: it is prepared, and nobody hears of it. */
  Branch branch(SqlWork work, boolean votes) {
    Branch real = database.branch(work);
    return new Branch() {
      @Override
      public Participant participant() {
        return PrepareOnlyParticipant.this;
      }

      @Override
      public CompletionStage<Vote> prepare(BranchId id, Duration within) {
        CompletionStage<Vote> vote = real.prepare(id, within);
        return votes ? vote : new CompletableFuture<>();
      }

      @Override
      public CompletionStage<Vote> commitAlone(Duration within) {
        return real.commitAlone(within);
      }

      @Override
      public CompletionStage<Optional<Boolean>> committedAlone() {
        return real.committedAlone();
      }
    };
  }

  @Override
  public String name() {
    return database.name();
  }

  @Override
  public CompletionStage<Void> commit(List<BranchId> branches) {
    return new CompletableFuture<>();
  }

  @Override
  public CompletionStage<Void> abort(List<BranchId> branches) {
    return new CompletableFuture<>();
  }

  @Override
  public CompletionStage<List<BranchId>> inDoubt(String domain) {
    return CompletableFuture.completedFuture(List.of());
  }
}
