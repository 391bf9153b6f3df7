package io.holdfast.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Session;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.memory.VirtualTime;
import io.holdfast.transaction.TwoPhaseCommit.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was committed and is forgotten is never taken for aborted. */
final class DecisionPrunerTest {

  private static final CoordinatorOptions OPTIONS = CoordinatorOptions.defaults();

  private final VirtualTime time = new VirtualTime(1);
  private final MemoryCluster cluster = MemoryCluster.on(time);
  private Coordinator coordinator;
  private Session session;
  private OpenEpoch epoch;

  @BeforeEach
  void open() {
    coordinator = Coordinator.start(cluster.client("a", OPTIONS), OPTIONS, "a");
    session = done(coordinator.session());
    epoch =
        new OpenEpoch(
            new Epoch(0, session.id(), 1), "d0123456789a", session, coordinator.context());
    done(session.commit(Transaction.EMPTY.put(epoch.epoch().openKey(), Payload.EMPTY)));
  }

  private <T> T done(CompletableFuture<T> future) {
    assertThat(time.runUntil(future::isDone, OPTIONS.sessionTimeout())).isTrue();
    return future.join();
  }

  private TransactionId committed() {
    TransactionId id = epoch.begin(Optional.empty());
    Decision commit = Decision.toCommit(Map.of(0, "one", 1, "other"));
    done(session.commit(CommitRules.SOUND.decision(epoch.epoch(), id.sequence(), commit.encode())));
    return id;
  }

  private void end(TransactionId id) {
    epoch.end(id, CommitAttempt.Trace.COMMIT);
    time.advance(Duration.ofSeconds(3));
  }

  private Finding found(TransactionId id) {
    return done(
        new Decisions(coordinator, CommitRules.SOUND).find(id, Optional.empty(), "an operator"));
  }

  private List<TransactionId> more(int count) {
    List<TransactionId> begun = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      begun.add(epoch.begin(Optional.empty()));
    }
    return begun;
  }

  @Test
  void find_endedBehindMoreThanTheMarkCanName_isNotAborted() {
    more(LowWaterMark.MOST_EXCEPTIONS + 1);
    TransactionId id = committed();

    end(id);

    assertThat(found(id)).isNotEqualTo(Finding.ABORTED);
  }

  @Test
  void find_forgottenBeforeThereWereMoreThanTheMarkCanName_isNotAborted() {
    TransactionId stuck = epoch.begin(Optional.empty());
    TransactionId early = committed();
    end(early);
    assertThat(found(early)).isEqualTo(Finding.FORGOTTEN);
    more(LowWaterMark.MOST_EXCEPTIONS);
    TransactionId late = committed();

    end(late);

    assertThat(found(early)).isEqualTo(Finding.FORGOTTEN);
    assertThat(found(late)).isNotEqualTo(Finding.ABORTED);
    assertThat(found(stuck)).isEqualTo(Finding.ABORTED);
  }

  @Test
  void find_endedAndThoseBeforeToo_isForgottenAtLast() {
    List<TransactionId> begun = more(LowWaterMark.MOST_EXCEPTIONS + 1);
    TransactionId id = committed();
    end(id);

    begun.forEach(each -> epoch.end(each, CommitAttempt.Trace.NONE));
    time.advance(Duration.ofSeconds(3));

    assertThat(found(id)).isEqualTo(Finding.FORGOTTEN);
  }
}
