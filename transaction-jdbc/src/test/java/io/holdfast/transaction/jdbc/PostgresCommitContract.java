package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.DecidingParticipant;
import io.holdfast.transaction.DecisionPlace;
import io.holdfast.transaction.DistributedTransaction;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Outcome.Reason;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.DoomedProcess.Halt;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The contract on two databases of PostgreSQL, and what only those can. */
abstract class PostgresCommitContract extends CommitContract {

  /** By the names of classes and of the databases. */
  private static final Map<String, Accounts> MADE = new ConcurrentHashMap<>();

  private Accounts of(String name, Supplier<PostgresServer> server) {
    return MADE.computeIfAbsent(
        getClass().getName() + "/" + name, first -> PostgresAccounts.in(server.get()));
  }

  @Override
  final Accounts first() {
    return of("first", Servers::first);
  }

  @Override
  final Accounts second() {
    return of("second", Servers::second);
  }

  @Override
  final Accounts mortal() {
    return of("mortal", Servers::mortal);
  }

  @Override
  final void killMortal() {
    Servers.mortal().kill();
  }

  @Override
  final void restartMortal() {
    Servers.mortal().restart();
  }

  @Override
  final List<Halt> halts() {
    return List.of(Halt.values());
  }

  @Test
  final void token_carriedToAnotherProcess_makesItVisibleThere() throws Exception {
    CompletableFuture<Void> held = new CompletableFuture<>();
    Meddling slow =
        new Meddling(participant("second", second())) {
          @Override
          void beforeCommit() {
            if (!held.isDone()) {
              throw new IllegalStateException("not yet");
            }
          }
        };
    Pair pair = new Pair(first(), second(), new Meddling(participant("first", first())), slow);
    Transactions committer = pair.transactions("committer");
    Transactions reader =
        transactions("reader", participant("first", first()), participant("second", second()));

    Outcome outcome = pair.transfer(committer, 30).commit();
    assertThat(second().balance(account)).isEqualTo(OPENING);
    awaitVisible(reader, outcome);

    assertThat(second().balance(account)).isEqualTo(OPENING + 30);
    held.complete(null);
  }

  /** PostgreSQL answers PREPARE in a failed transaction with a tag, and no error. */
  @Test
  final void transfer_failureSwallowedByTheApplication_isAbortedInBoth() throws Exception {
    Pair pair = new Pair(first(), second());
    PostgresParticipant second = (PostgresParticipant) pair.credit.real();

    Outcome outcome =
        pair.transactions("one")
            .begin()
            .enlist(pair.debit.branch(first().change(pair.debit.real(), account, -30)))
            .enlist(
                pair.credit.branch(
                    second.branch(
                        connection -> {
                          try (Statement statement = connection.createStatement()) {
                            statement.execute("UPDATE nothing SET balance = 0");
                          } catch (SQLException swallowed) {
                            assertThat(swallowed.getSQLState()).isEqualTo("42P01");
                          }
                        })))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    pair.expectMoved(0);
  }

  @Test
  final void transfer_oneBranchOnlyLooks_needsNoPrepareThere() throws Exception {
    Pair pair = new Pair(first(), second());
    PostgresParticipant second = (PostgresParticipant) pair.credit.real();
    Transactions transactions = pair.transactions("one");
    SqlWork look = SqlWork.of("SELECT 1 FROM account WHERE id = ?", account).expecting(1);

    Outcome outcome =
        transactions
            .begin()
            .enlist(pair.debit.branch(first().change(pair.debit.real(), account, -30)))
            .enlist(pair.credit.branch(second.branch(look.asReadOnly())))
            .commit();
    awaitVisible(transactions, outcome);

    assertThat(first().balance(account)).isEqualTo(OPENING - 30);
  }

  private static DistributedTransaction inLastBranch(Transactions transactions) {
    return transactions.begin().decidedIn(DecisionPlace.LAST_BRANCH);
  }

  @Test
  final void lastBranch_nothingFails_keepsTheDecisionAndForgetsIt() throws Exception {
    Pair pair = new Pair(first(), second());
    Transactions transactions = pair.transactions("one");

    DistributedTransaction transfer = pair.enlist(inLastBranch(transactions), 30);
    awaitVisible(transactions, transfer.commit());

    TransactionId id = transfer.id().orElseThrow();
    String decision =
        "SELECT decision FROM holdfast_decision WHERE epoch = '%s:%s' AND sequence = %d"
            .formatted(id.domain(), id.epoch(), id.sequence());
    pair.expectMoved(30);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(second().strings(decision)).isEmpty());
  }

  @Test
  final void lastBranch_refuses_isAbortedInBoth() throws Exception {
    Pair pair = new Pair(first(), second());

    Outcome outcome = pair.enlist(inLastBranch(pair.transactions("one")), -300).commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    assertThat(((Outcome.Aborted) outcome).reason()).isEqualTo(Reason.REFUSED);
    pair.expectMoved(0);
  }

  /** Closed by somebody who takes its coordinator for dead; opened again by nobody. */
  @Test
  final void lastBranch_epochClosedThereMeanwhile_isAbortedInBoth() throws Exception {
    Meddling credit = new Meddling(participant("second", second()));
    DecidingParticipant second = credit;
    Meddling debit =
        new Meddling(participant("first", first())) {
          @Override
          void prepared() {
            for (String epoch : second().strings("SELECT name FROM holdfast_epoch")) {
              String[] name = epoch.split(":", 2);
              second.closeEpoch(name[0], name[1]).toCompletableFuture().join();
              assertThatThrownBy(
                      () -> second.openEpoch(name[0], name[1]).toCompletableFuture().join())
                  .hasMessageContaining("closed");
            }
          }
        };
    Pair pair = new Pair(first(), second(), debit, credit);

    Outcome outcome = pair.enlist(inLastBranch(pair.transactions("one")), 30).commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    pair.expectMoved(0);
  }
}
