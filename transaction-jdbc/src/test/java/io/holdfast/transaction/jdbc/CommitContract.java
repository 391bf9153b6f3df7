package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.transaction.DecisionPlace;
import io.holdfast.transaction.DistributedTransaction;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Outcome.Reason;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.TransactionOptions;
import io.holdfast.transaction.Transactions;
import java.io.File;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Money between two real databases, with the decision in one cluster or another. The databases are
 * those of all tests here, and are killed: no two classes at once.
 */
@ResourceLock("the two databases")
@Timeout(180)
abstract class CommitContract {

  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long OPENING = 100;

  static final PostgresServer FIRST = TwoDatabases.FIRST;
  static final PostgresServer SECOND = TwoDatabases.SECOND;

  private final List<AutoCloseable> opened = new ArrayList<>();
  final String namespace = "commit/" + UUID.randomUUID();
  final String account = UUID.randomUUID().toString();

  /** A client of the cluster under test. */
  abstract Coordinator connect(String namespace, CoordinatorOptions options);

  /** The cluster answers no more. */
  abstract void silence();

  /** Ends a {@link #silence}. */
  abstract void speak();

  @BeforeEach
  final void putAccounts() {
    FIRST.put(account, OPENING);
    SECOND.put(account, OPENING);
  }

  @AfterEach
  final void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  final <T extends AutoCloseable> T owned(T resource) {
    opened.add(resource);
    return resource;
  }

  final PostgresParticipant first() throws SQLException {
    return owned(Transfers.participant("first", FIRST.url()));
  }

  final PostgresParticipant second() throws SQLException {
    return owned(Transfers.participant("second", SECOND.url()));
  }

  final Transactions transactions(String name, Participant... participants) {
    Coordinator coordinator = owned(connect(namespace, DoomedProcess.options(name)));
    return owned(
        new Transactions(
            coordinator,
            TransactionOptions.defaults().withTimeout(Duration.ofSeconds(8)),
            List.of(participants)));
  }

  private static void awaitVisible(Transactions transactions, Outcome outcome) throws Exception {
    Outcome.Committed committed = (Outcome.Committed) outcome;
    transactions.awaitVisible(committed.token()).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  final void expectMoved(long amount) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(FIRST.prepared()).isEmpty();
              assertThat(SECOND.prepared()).isEmpty();
              assertThat(FIRST.balance(account)).isEqualTo(OPENING - amount);
              assertThat(SECOND.balance(account)).isEqualTo(OPENING + amount);
            });
  }

  @Test
  final void transfer_nothingFails_isCommittedInBoth() throws Exception {
    PostgresParticipant first = first();
    PostgresParticipant second = second();
    Transactions transactions = transactions("one", first, second);

    Outcome outcome =
        transactions
            .begin()
            .enlist(first.branch(Transfers.change(account, -30)))
            .enlist(second.branch(Transfers.change(account, 30)))
            .commit();
    awaitVisible(transactions, outcome);

    assertThat(FIRST.balance(account)).isEqualTo(OPENING - 30);
    assertThat(SECOND.balance(account)).isEqualTo(OPENING + 30);
  }

  @Test
  final void token_carriedToAnotherProcess_makesItVisibleThere() throws Exception {
    PostgresParticipant first = first();
    PostgresParticipant second = second();
    CompletableFuture<Void> held = new CompletableFuture<>();
    Meddling slow =
        new Meddling(second) {
          @Override
          void beforeCommit() {
            if (!held.isDone()) {
              throw new IllegalStateException("not yet");
            }
          }
        };
    Transactions committer = transactions("committer", first, slow);
    Transactions reader = transactions("reader", first(), second());

    Outcome outcome =
        committer
            .begin()
            .enlist(first.branch(Transfers.change(account, -30)))
            .enlist(slow.branch(Transfers.change(account, 30)))
            .commit();
    assertThat(SECOND.balance(account)).isEqualTo(OPENING);
    awaitVisible(reader, outcome);

    assertThat(SECOND.balance(account)).isEqualTo(OPENING + 30);
    held.complete(null);
  }

  @Test
  final void transfer_constraintViolatedInOne_isAbortedInBoth() throws Exception {
    PostgresParticipant first = first();
    PostgresParticipant second = second();
    Transactions transactions = transactions("one", first, second);

    Outcome outcome =
        transactions
            .begin()
            .enlist(first.branch(Transfers.change(account, -300)))
            .enlist(second.branch(Transfers.change(account, 300)))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    assertThat(((Outcome.Aborted) outcome).reason()).isEqualTo(Reason.REFUSED);
    expectMoved(0);
  }

  @Test
  final void transfer_rowNotThere_isAbortedInBoth() throws Exception {
    PostgresParticipant first = first();
    PostgresParticipant second = second();
    Transactions transactions = transactions("one", first, second);

    Outcome outcome =
        transactions
            .begin()
            .enlist(first.branch(Transfers.change(account, -30)))
            .enlist(second.branch(Transfers.change("nobody", 30)))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    expectMoved(0);
  }

  /** PostgreSQL answers PREPARE in a failed transaction with a tag, and no error. */
  @Test
  final void transfer_failureSwallowedByTheApplication_isAbortedInBoth() throws Exception {
    PostgresParticipant first = first();
    PostgresParticipant second = second();
    Transactions transactions = transactions("one", first, second);

    Outcome outcome =
        transactions
            .begin()
            .enlist(first.branch(Transfers.change(account, -30)))
            .enlist(
                second.branch(
                    connection -> {
                      try (Statement statement = connection.createStatement()) {
                        statement.execute("UPDATE nothing SET balance = 0");
                      } catch (SQLException swallowed) {
                        assertThat(swallowed.getSQLState()).isEqualTo("42P01");
                      }
                    }))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    expectMoved(0);
  }

  @Test
  final void transfer_oneBranchOnlyLooks_needsNoPrepareThere() throws Exception {
    PostgresParticipant first = first();
    PostgresParticipant second = second();
    Transactions transactions = transactions("one", first, second);
    SqlWork look = SqlWork.of("SELECT 1 FROM account WHERE id = ?", account).expecting(1);

    Outcome outcome =
        transactions
            .begin()
            .enlist(first.branch(Transfers.change(account, -30)))
            .enlist(second.branch(look.asReadOnly()))
            .commit();
    awaitVisible(transactions, outcome);

    assertThat(FIRST.balance(account)).isEqualTo(OPENING - 30);
  }

  @Test
  final void coordinatorKilled_oneBranchPrepared_isAbortedByOthers() throws Exception {
    killAt(DoomedProcess.Halt.ONE_PREPARED);
  }

  @Test
  final void coordinatorKilled_allPreparedNothingDecided_isAbortedByOthers() throws Exception {
    killAt(DoomedProcess.Halt.ALL_PREPARED);
  }

  @Test
  final void coordinatorKilled_decided_isCommittedByOthers() throws Exception {
    killAt(DoomedProcess.Halt.DECIDED);
  }

  @Test
  final void coordinatorKilled_oneBranchCommitted_theOtherIsCommittedByOthers() throws Exception {
    killAt(DoomedProcess.Halt.ONE_COMMITTED);
  }

  @Test
  final void coordinatorKilled_beforeTheLastBranch_isAbortedByOthers() throws Exception {
    killAt(DoomedProcess.Halt.LAST_BRANCH_TO_COME);
  }

  @Test
  final void coordinatorKilled_lastBranchCommitted_theOtherIsCommittedByOthers() throws Exception {
    killAt(DoomedProcess.Halt.LAST_BRANCH_COMMITTED);
  }

  @Test
  final void lastBranch_nothingFails_keepsTheDecisionAndForgetsIt() throws Exception {
    PostgresParticipant first = first();
    PostgresParticipant second = second();
    Transactions transactions = transactions("one", first, second);
    DistributedTransaction transaction =
        transactions
            .begin()
            .decidedIn(DecisionPlace.LAST_BRANCH)
            .enlist(first.branch(Transfers.change(account, -30)))
            .enlist(second.branch(Transfers.change(account, 30)));

    awaitVisible(transactions, transaction.commit());

    expectMoved(30);
    String epoch = transaction.id().orElseThrow().epoch();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(SECOND.strings("SELECT epoch FROM holdfast_decision"))
                    .noneMatch(left -> left.endsWith(":" + epoch)));
  }

  @Test
  final void lastBranch_refuses_isAbortedInBoth() throws Exception {
    PostgresParticipant first = first();
    PostgresParticipant second = second();
    Transactions transactions = transactions("one", first, second);

    Outcome outcome =
        transactions
            .begin()
            .decidedIn(DecisionPlace.LAST_BRANCH)
            .enlist(first.branch(Transfers.change(account, 300)))
            .enlist(second.branch(Transfers.change(account, -300)))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    assertThat(((Outcome.Aborted) outcome).reason()).isEqualTo(Reason.REFUSED);
    expectMoved(0);
  }

  /** Closed by somebody who takes its coordinator for dead; opened again by nobody. */
  @Test
  final void lastBranch_epochClosedThereMeanwhile_isAbortedInBoth() throws Exception {
    PostgresParticipant second = second();
    Meddling first =
        new Meddling(first()) {
          @Override
          void prepared() {
            for (String epoch : SECOND.strings("SELECT name FROM holdfast_epoch")) {
              String[] name = epoch.split(":", 2);
              second.closeEpoch(name[0], name[1]).toCompletableFuture().join();
              assertThatThrownBy(
                      () -> second.openEpoch(name[0], name[1]).toCompletableFuture().join())
                  .hasMessageContaining("closed");
            }
          }
        };
    Transactions transactions = transactions("one", first, second);

    Outcome outcome =
        transactions
            .begin()
            .decidedIn(DecisionPlace.LAST_BRANCH)
            .enlist(first.branch(Transfers.change(account, -30)))
            .enlist(second.branch(Transfers.change(account, 30)))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    expectMoved(0);
  }

  /** The address of the cluster for another process; empty if it is in this one. */
  abstract String uri(String namespace);

  /** Two others are there, and both set about it. */
  private void killAt(DoomedProcess.Halt halt) throws Exception {
    String uri = uri(namespace);
    assumeFalse(uri.isEmpty(), "the cluster is in this process");
    transactions("one", first(), second());
    transactions("other", first(), second());

    Process doomed =
        new ProcessBuilder(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-cp",
                System.getProperty("java.class.path"),
                DoomedProcess.class.getName(),
                uri,
                FIRST.url(),
                SECOND.url(),
                account,
                halt.name())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    owned(doomed::destroyForcibly);
    assertThat(doomed.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(doomed.exitValue()).isEqualTo(DoomedProcess.STATUS);

    expectMoved(halt.commits() ? 30 : 0);
  }

  @Test
  final void participantKilled_afterTheDecision_commitsWhenItIsBack() throws Exception {
    PostgresParticipant first = first();
    AtomicBoolean once = new AtomicBoolean();
    Meddling second =
        new Meddling(second()) {
          @Override
          void beforeCommit() {
            if (once.compareAndSet(false, true)) {
              SECOND.kill();
            }
          }
        };
    Transactions transactions = transactions("one", first, second);

    Outcome outcome =
        transactions
            .begin()
            .enlist(first.branch(Transfers.change(account, -30)))
            .enlist(second.branch(Transfers.change(account, 30)))
            .commit();
    await().atMost(PATIENCE).untilTrue(once);
    SECOND.restart();

    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    expectMoved(30);
  }

  @Test
  final void participantKilled_beforeItPrepares_isAbortedInTheOther() throws Exception {
    PostgresParticipant first = first();
    Meddling second =
        new Meddling(second()) {
          @Override
          void beforePrepare() {
            SECOND.kill();
          }
        };
    Transactions transactions = transactions("one", first, second);

    Outcome outcome =
        transactions
            .begin()
            .enlist(first.branch(Transfers.change(account, -30)))
            .enlist(second.branch(Transfers.change(account, 30)))
            .commit();
    SECOND.restart();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    expectMoved(0);
  }

  @Test
  final void quorumLost_whileItIsDecided_isUnknownAndThenKnown() throws Exception {
    Meddling first = new SilencesAtSecondVote(first());
    Meddling second = new SilencesAtSecondVote(second());
    Transactions transactions = transactions("one", first, second);
    warmUp(transactions, first, second);
    votesUntilSilence.set(2);

    CompletableFuture<Outcome> committing =
        transactions
            .begin(Duration.ofSeconds(2))
            .enlist(first.branch(Transfers.change(account, -30)))
            .enlist(second.branch(Transfers.change(account, 30)))
            .commitAsync();
    Outcome outcome = committing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    speak();

    Outcome known =
        outcome instanceof Outcome.Unknown unknown
            ? unknown.resolution().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            : outcome;
    assertThat(outcome).isNotInstanceOf(Outcome.Committed.class);
    expectMoved(known instanceof Outcome.Committed ? 30 : 0);
  }

  /** So that the epoch is open before the cluster falls silent. */
  private static void warmUp(Transactions transactions, Meddling first, Meddling second)
      throws Exception {
    SqlWork look = SqlWork.of("UPDATE account SET balance = balance WHERE id = 'nobody'");
    Outcome outcome =
        transactions.begin().enlist(first.branch(look)).enlist(second.branch(look)).commit();
    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
  }

  /** Silence comes when it falls to zero. */
  private final AtomicInteger votesUntilSilence = new AtomicInteger();

  private final class SilencesAtSecondVote extends Meddling {
    SilencesAtSecondVote(PostgresParticipant real) {
      super(real);
    }

    @Override
    void prepared() {
      if (votesUntilSilence.decrementAndGet() == 0) {
        silence();
      }
    }
  }

  @Test
  final void recovery_racesWithALatePrepare_theLateBranchIsAbortedToo() throws Exception {
    PostgresParticipant second = second();
    Transactions survivor = transactions("survivor", first(), second());
    PostgresParticipant first = first();
    CompletableFuture<Void> released = new CompletableFuture<>();
    Coordinator coordinator = owned(connect(namespace, DoomedProcess.options("zombie")));
    Meddling late =
        new Meddling(second) {
          @Override
          void beforePrepare() {
            // The cluster gives the coordinator up between one prepare and the next.
            coordinator.current().orElseThrow().close();
          }

          @Override
          void prepared() {
            released.complete(null);
          }
        };
    Transactions zombie = owned(new Transactions(coordinator, List.of(first, late)));

    DistributedTransaction transfer =
        zombie
            .begin()
            .enlist(first.branch(Transfers.change(account, -30)))
            .enlist(late.branch(Transfers.change(account, 30)));
    Outcome outcome = transfer.commitAsync().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(released).isDone();
    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    expectMoved(0);
    assertThat(survivor).isNotNull();
  }
}
