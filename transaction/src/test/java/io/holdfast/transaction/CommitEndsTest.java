package io.holdfast.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Session;
import io.holdfast.testkit.memory.MemoryCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever commits gets an answer, whatever is closed, thrown or taken for ever meanwhile. */
@Timeout(60)
final class CommitEndsTest {

  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofSeconds(3))
          .withRequestTimeout(Duration.ofSeconds(1));
  private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final Coordinator coordinator =
      Coordinator.connect(cluster.client("a", OPTIONS), OPTIONS, "a");

  @AfterEach
  void close() {
    coordinator.close();
    cluster.close();
  }

  /** A resource whose one branch votes when the test says so. */
  private static final class Resource implements Participant, Branch {
    private final String name;
    private final CompletableFuture<Vote> vote = new CompletableFuture<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch committed = new CountDownLatch(1);
    private final AtomicInteger throwing = new AtomicInteger();

    Resource(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Participant participant() {
      return this;
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId id, Duration within) {
      asked.countDown();
      return vote;
    }

    @Override
    public CompletionStage<Vote> commitAlone(Duration within) {
      asked.countDown();
      return vote;
    }

    @Override
    public CompletionStage<Optional<Boolean>> committedAlone() {
      return CompletableFuture.failedFuture(new UnavailableException("no answer"));
    }

    @Override
    public CompletionStage<Void> commit(List<BranchId> branches) {
      if (throwing.getAndDecrement() > 0) {
        throw new IllegalStateException("thrown, not returned");
      }
      committed.countDown();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> abort(List<BranchId> branches) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt(String domain) {
      return CompletableFuture.completedFuture(List.of());
    }
  }

  private static Outcome get(CompletionStage<Outcome> outcome) throws Exception {
    return outcome.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void coordinatorClosedBeforeAllHaveVoted_isAborted() throws Exception {
    Resource one = new Resource("one");
    Resource other = new Resource("other");
    Transactions transactions = new Transactions(coordinator, List.of(one, other));
    CompletableFuture<Outcome> outcome =
        transactions.begin(FOR_EVER).enlist(one).enlist(other).commitAsync();
    assertThat(one.asked.await(20, TimeUnit.SECONDS)).isTrue();

    coordinator.close();
    one.vote.complete(Vote.PREPARED);
    other.vote.complete(Vote.PREPARED);

    assertThat(get(outcome)).isInstanceOf(Outcome.Aborted.class);
  }

  @Test
  void coordinatorClosedWhileInDoubt_isUnknownAndStaysSo() throws Exception {
    Resource one = new Resource("one");
    Transactions transactions = new Transactions(coordinator, List.of(one));
    CompletableFuture<Outcome> outcome = transactions.begin(FOR_EVER).enlist(one).commitAsync();
    assertThat(one.asked.await(20, TimeUnit.SECONDS)).isTrue();

    coordinator.close();
    Outcome unknown = get(outcome);
    one.vote.completeExceptionally(new UnavailableException("the reply was lost"));

    assertThat(unknown).isInstanceOf(Outcome.Unknown.class);
    assertThatThrownBy(() -> get(((Outcome.Unknown) unknown).resolution()))
        .hasCauseInstanceOf(UnavailableException.class);
  }

  @Test
  void participantThrowsInsteadOfFailing_isAskedAgain() throws Exception {
    Resource one = new Resource("one");
    Resource other = new Resource("other");
    one.throwing.set(2);
    one.vote.complete(Vote.PREPARED);
    other.vote.complete(Vote.PREPARED);
    Transactions transactions = new Transactions(coordinator, List.of(one, other));

    Outcome outcome = get(transactions.begin().enlist(one).enlist(other).commitAsync());

    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    assertThat(one.committed.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(other.committed.await(20, TimeUnit.SECONDS)).isTrue();
  }

  /** Others settle what is left only when its epoch is closed, or its session over. */
  @Test
  void closed_branchDoesNotEndAndCoordinatorStaysOpen_epochIsClosed() throws Exception {
    Resource one = new Resource("one");
    Resource other = new Resource("other");
    one.throwing.set(Integer.MAX_VALUE);
    one.vote.complete(Vote.PREPARED);
    other.vote.complete(Vote.PREPARED);
    TransactionOptions options = TransactionOptions.defaults().withTimeout(Duration.ofMillis(500));
    Transactions transactions = new Transactions(coordinator, options, List.of(one, other));
    Outcome outcome = get(transactions.begin(FOR_EVER).enlist(one).enlist(other).commitAsync());
    assertThat(openEpochs()).hasSize(1);

    transactions.close();

    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    assertThat(openEpochs()).isEmpty();
  }

  @Test
  void closed_commitCalledLater_isAbortedAndOpensNoEpoch() throws Exception {
    Resource one = new Resource("one");
    Resource other = new Resource("other");
    Transactions transactions = new Transactions(coordinator, List.of(one, other));

    transactions.close();
    Outcome outcome = get(transactions.begin().enlist(one).enlist(other).commitAsync());

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    assertThat(openEpochs()).isEmpty();
  }

  private List<String> openEpochs() throws Exception {
    return coordinator
        .session()
        .thenCompose(session -> session.names(Epoch.OPEN, Consistency.LINEARIZABLE))
        .get(20, TimeUnit.SECONDS);
  }

  @Test
  void enlist_moreBranchesThanHaveNames_isRefused() {
    Resource one = new Resource("one");
    DistributedTransaction transaction = new Transactions(coordinator, List.of(one)).begin();
    for (int i = 0; i < 1_000; i++) {
      transaction.enlist(new BranchOf(one));
    }

    assertThatThrownBy(() -> transaction.enlist(new BranchOf(one)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("1000");
  }

  @Test
  void enlist_sameBranchAgain_isRefused() {
    Resource one = new Resource("one");
    DistributedTransaction transaction =
        new Transactions(coordinator, List.of(one)).begin().enlist(one);

    assertThatThrownBy(() -> transaction.enlist(one)).isInstanceOf(IllegalArgumentException.class);
  }

  /** One of many. */
  private record BranchOf(Resource participant, Object self) implements Branch {
    BranchOf(Resource participant) {
      this(participant, new Object());
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId id, Duration within) {
      return participant.vote;
    }

    @Override
    public CompletionStage<Vote> commitAlone(Duration within) {
      return participant.vote;
    }

    @Override
    public CompletionStage<Optional<Boolean>> committedAlone() {
      return participant.committedAlone();
    }
  }

  /** The only decision there is, in a participant that has forgotten what was decided before. */
  private static final class Forgetful implements DecidingParticipant {
    private final Map<TransactionId, String> decided = new ConcurrentHashMap<>();

    @Override
    public String name() {
      return "forgetful";
    }

    @Override
    public CompletionStage<Void> commit(List<BranchId> branches) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> abort(List<BranchId> branches) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt(String domain) {
      return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletionStage<Void> openEpoch(String domain, String epoch) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> closeEpoch(String domain, String epoch) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Map<Long, String>> decisions(String domain, String epoch) {
      return CompletableFuture.completedFuture(Map.of());
    }

    @Override
    public CompletionStage<String> decideUnlessDecided(TransactionId id, String otherwise) {
      String before = decided.putIfAbsent(id, otherwise);
      return CompletableFuture.completedFuture(before == null ? otherwise : before);
    }

    @Override
    public CompletionStage<Void> forget(List<TransactionId> transactions) {
      decided.keySet().removeAll(transactions);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> forgetEpoch(String domain, String epoch) {
      decided.clear();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<String>> epochs(String domain) {
      return CompletableFuture.completedFuture(List.of());
    }
  }

  /** Whoever comes back after the epoch was settled and forgotten cannot know how it ended. */
  @Test
  void find_atADeciderThatHasForgottenTheEpoch_isForgottenNotAborted() throws Exception {
    Forgetful decider = new Forgetful();
    Decisions decisions = new Decisions(coordinator, CommitRules.SOUND);
    Epoch gone = new Epoch(0, "gone", 1);
    Epoch closed = new Epoch(0, "closed", 1);
    Session session = coordinator.session().get(20, TimeUnit.SECONDS);
    session
        .commit(Transaction.EMPTY.put(closed.closedKey(), Payload.utf8("")))
        .get(20, TimeUnit.SECONDS);

    assertThat(find(decisions, decider, gone)).isEqualTo(TwoPhaseCommit.Finding.FORGOTTEN);
    assertThat(find(decisions, decider, closed)).isEqualTo(TwoPhaseCommit.Finding.ABORTED);
  }

  private static TwoPhaseCommit.Finding find(
      Decisions decisions, DecidingParticipant decider, Epoch epoch) throws Exception {
    TransactionId id =
        new TransactionId("d0123456789a", epoch.name(), 1, Optional.of(decider.name()));
    return decisions.find(id, Optional.of(decider), "lost").get(20, TimeUnit.SECONDS);
  }
}
