package io.holdfast.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.transaction.Outcome.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One branch alone, committed by the thread that asks for it. */
@Timeout(60)
final class AloneHereTest {

  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofSeconds(3))
          .withRequestTimeout(Duration.ofSeconds(1));
  private static final Duration SOON = Duration.ofMillis(100);

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final Coordinator coordinator =
      Coordinator.connect(cluster.client("a", OPTIONS), OPTIONS, "a");
  private final Resource resource = new Resource();
  private final Transactions transactions = new Transactions(coordinator, List.of(resource));

  @AfterEach
  void close() {
    transactions.close();
    coordinator.close();
    cluster.close();
  }

  /** A resource with one branch, which blocks whoever commits it. */
  private static final class Resource implements Participant, Branch {
    private final List<Thread> here = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Optional<Boolean>> committed = new CompletableFuture<>();
    private Supplier<CompletableFuture<Vote>> answer =
        () -> CompletableFuture.completedFuture(Vote.PREPARED);

    @Override
    public String name() {
      return "resource";
    }

    @Override
    public Participant participant() {
      return this;
    }

    @Override
    public CompletionStage<Vote> commitAloneHere(Duration within) {
      here.add(Thread.currentThread());
      return answer.get();
    }

    @Override
    public CompletionStage<Vote> commitAlone(Duration within) {
      throw new AssertionError("not by another thread");
    }

    @Override
    public CompletionStage<Optional<Boolean>> committedAlone() {
      return committed;
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId id, Duration within) {
      throw new AssertionError("there is no other branch");
    }

    @Override
    public CompletionStage<Void> commit(List<BranchId> branches) {
      throw new AssertionError("there is no other branch");
    }

    @Override
    public CompletionStage<Void> abort(List<BranchId> branches) {
      throw new AssertionError("there is no other branch");
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt(String domain) {
      return CompletableFuture.completedFuture(List.of());
    }
  }

  private Outcome commit(Duration timeout) throws InterruptedException {
    return transactions.begin(timeout).enlist(resource).commit();
  }

  @Test
  void commit_isDoneByThisThread_andTold() throws InterruptedException {
    List<TransactionEvent> events = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> answered = new CompletableFuture<>();
    coordinator.listen(
        event -> {
          if (event instanceof TransactionEvent.Begun begun) {
            events.add(begun);
          } else if (event instanceof TransactionEvent.Answered told) {
            events.add(told);
            answered.complete(null);
          }
        });

    assertThat(commit(OPTIONS.requestTimeout())).isInstanceOf(Outcome.Committed.class);

    assertThat(resource.here).containsExactly(Thread.currentThread());
    answered.orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(new ArrayList<>(events))
        .hasSize(2)
        .last()
        .isInstanceOfSatisfying(
            TransactionEvent.Answered.class,
            told -> assertThat(told.answer()).isEqualTo(TransactionEvent.Answer.COMMITTED));
  }

  @Test
  void commit_refused_isAborted() throws InterruptedException {
    resource.answer = () -> CompletableFuture.completedFuture(new Vote.Refused("no money"));

    assertThat(commit(OPTIONS.requestTimeout()))
        .isEqualTo(new Outcome.Aborted(Reason.REFUSED, "no money"));
  }

  @Test
  void commit_answerLost_isFoundOut() throws InterruptedException {
    resource.answer = () -> CompletableFuture.failedFuture(new IllegalStateException("lost"));
    resource.committed.complete(Optional.of(true));

    assertThat(commit(Duration.ofSeconds(20))).isInstanceOf(Outcome.Committed.class);
  }

  @Test
  void commit_answerLostAndNobodyKnowsInTime_isUnknownAndThenKnown() throws Exception {
    resource.answer = () -> CompletableFuture.failedFuture(new IllegalStateException("lost"));

    Outcome outcome = commit(SOON);
    resource.committed.complete(Optional.of(true));

    assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
    assertThat(
            ((Outcome.Unknown) outcome)
                .resolution()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS))
        .isInstanceOf(Outcome.Committed.class);
  }

  @Test
  void commit_interruptedBefore_isAbortedAndNeverAsked() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> commit(OPTIONS.requestTimeout()))
        .isInstanceOf(InterruptedException.class);

    assertThat(Thread.interrupted()).isFalse();
    assertThat(resource.here).isEmpty();
  }

  @Test
  void commit_interruptedMeanwhile_saysWhatHasBecomeOfIt() throws InterruptedException {
    resource.answer =
        () -> {
          Thread.currentThread().interrupt();
          return CompletableFuture.completedFuture(Vote.PREPARED);
        };

    assertThat(commit(OPTIONS.requestTimeout())).isInstanceOf(Outcome.Committed.class);

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void commit_afterClose_isAbortedAndNeverAsked() throws InterruptedException {
    transactions.close();

    assertThat(commit(OPTIONS.requestTimeout())).isInstanceOf(Outcome.Aborted.class);
    assertThat(resource.here).isEmpty();
  }
}
