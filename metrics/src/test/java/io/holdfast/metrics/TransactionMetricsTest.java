package io.holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.CoordinationEvent;
import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.TransactionEvent.Answered;
import io.holdfast.transaction.TransactionOptions;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.Vote;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class TransactionMetricsTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Coordinator coordinator =
      Coordinator.connect("memory://metrics/" + UUID.randomUUID());
  private final TransactionMetrics metrics = TransactionMetrics.of(coordinator);
  private final Resource accounts = new Resource("accounts");
  private final Resource ledger = new Resource("ledger");
  private final Transactions transactions =
      new Transactions(
          coordinator,
          TransactionOptions.defaults()
              .withSweep(Duration.ofMillis(20))
              .withTraceIds(() -> Optional.of("4bf92f")),
          List.of(accounts, ledger));

  /** Votes as it is told. */
  private static final class Resource implements Participant {
    private final String name;
    private final Set<BranchId> prepared = ConcurrentHashMap.newKeySet();

    Resource(String name) {
      this.name = name;
    }

    Branch branch(Vote vote) {
      return new Branch() {
        @Override
        public Participant participant() {
          return Resource.this;
        }

        @Override
        public CompletionStage<Vote> prepare(BranchId id, Duration within) {
          return CompletableFuture.completedFuture(vote);
        }

        @Override
        public CompletionStage<Vote> commitAlone(Duration within) {
          return CompletableFuture.completedFuture(vote);
        }

        @Override
        public CompletionStage<Optional<Boolean>> committedAlone() {
          return CompletableFuture.completedFuture(Optional.empty());
        }
      };
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public CompletionStage<Void> commit(List<BranchId> branches) {
      branches.forEach(prepared::remove);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> abort(List<BranchId> branches) {
      return commit(branches);
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt(String domain) {
      return CompletableFuture.completedFuture(List.copyOf(prepared));
    }
  }

  @BeforeEach
  void bind() {
    metrics.bindTo(meters);
  }

  @AfterEach
  void close() {
    transactions.close();
    coordinator.close();
  }

  private double timed(String name, String... tags) {
    var timer = meters.find(name).tags(tags).timer();
    return timer == null ? 0 : timer.count();
  }

  private static void awaitThat(org.awaitility.core.ThrowingRunnable assertion) {
    await().atMost(Duration.ofSeconds(60)).untilAsserted(assertion);
  }

  @Test
  void commits_byAnswerReasonAndPhase_areCounted() throws Exception {
    ConcurrentLinkedQueue<CoordinationEvent> events = new ConcurrentLinkedQueue<>();
    coordinator.listen(events::add);
    transactions
        .begin()
        .enlist(accounts.branch(Vote.PREPARED))
        .enlist(ledger.branch(Vote.PREPARED))
        .commit();
    transactions.begin().enlist(accounts.branch(Vote.PREPARED)).commit();
    transactions
        .begin()
        .enlist(accounts.branch(Vote.PREPARED))
        .enlist(ledger.branch(new Vote.Refused("no money")))
        .commit();

    awaitThat(
        () -> {
          assertThat(
                  timed("holdfast.transaction.commit", "answer", "committed", "decided", "cluster"))
              .isEqualTo(1);
          assertThat(
                  timed("holdfast.transaction.commit", "answer", "committed", "decided", "alone"))
              .isEqualTo(1);
          assertThat(timed("holdfast.transaction.commit", "answer", "aborted", "reason", "refused"))
              .isEqualTo(1);
          assertThat(timed("holdfast.transaction.phase", "phase", "prepare")).isEqualTo(1);
          assertThat(timed("holdfast.transaction.phase", "phase", "settle")).isEqualTo(2);
          assertThat(
                  meters.find("holdfast.transaction.begun").tags("decided", "cluster").counters())
              .singleElement()
              .satisfies(counter -> assertThat(counter.count()).isEqualTo(2));
        });
    assertThat(events)
        .filteredOn(Answered.class::isInstance)
        .allSatisfy(event -> assertThat(((Answered) event).trace()).contains("4bf92f"));
  }

  /** A live epoch's branch that the coordinator knows nothing of came late and is aborted. */
  @Test
  void whatIsLeft_isShownAndItsEndCounted() throws Exception {
    transactions
        .begin()
        .enlist(accounts.branch(Vote.PREPARED))
        .enlist(ledger.branch(Vote.PREPARED))
        .commit();
    awaitThat(
        () -> {
          assertThat(timed("holdfast.transaction.sweep")).isPositive();
          assertThat(meters.find("holdfast.transaction.indoubt").tags("participant", "accounts"))
              .satisfies(found -> assertThat(found.gauge()).isNotNull());
        });

    var late = transactions.begin();
    late.enlist(accounts.branch(Vote.PREPARED)).enlist(ledger.branch(Vote.PREPARED)).commit();
    awaitThat(
        () -> assertThat(timed("holdfast.transaction.phase", "phase", "settle")).isEqualTo(2));
    accounts.prepared.add(late.id().orElseThrow().branch(0));

    awaitThat(
        () ->
            assertThat(
                    meters
                        .find("holdfast.transaction.recovered")
                        .tags("participant", "accounts", "ending", "abort")
                        .counters())
                .singleElement()
                .satisfies(counter -> assertThat(counter.count()).isEqualTo(1)));
  }
}
