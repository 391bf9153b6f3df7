package io.holdfast.spring.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.spring.commit.Bank.Ledger;
import io.holdfast.spring.commit.Bank.Transfers;
import io.holdfast.testkit.memory.Faults;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.Vote;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The contract in memory, and what has nothing to do with the store. */
final class MemoryGlobalTransactionTest extends GlobalTransactionContract {

  @Override
  String uri(String namespace) {
    return "memory://" + namespace + "/bank";
  }

  @Override
  void silence(String namespace) {
    MemoryCluster.named(namespace).faults((client, message) -> Faults.Fate.LOST);
  }

  @Override
  void speak(String namespace) {
    MemoryCluster.named(namespace).faults(Faults.NONE);
  }

  @Test
  void transfer_noRollbackForWhatItThrows_isCommitted() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);

              assertThatThrownBy(() -> transfers.transferInSpiteOf(account, 30))
                  .isExactlyInstanceOf(IOException.class);

              expectMoved(30);
            });
  }

  @Test
  void transfer_joinedTransactionHasFailed_isRolledBackThoughTheExceptionWasSwallowed() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);

              assertThatThrownBy(() -> transfers.transferAndSwallow(account, 30))
                  .isInstanceOf(UnexpectedRollbackException.class);

              expectMoved(0);
            });
  }

  @Test
  void transfer_databaseRefusesToPrepare_isAbortedInBothAndSaysWhy() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);
              Ledger ledger = context.getBean(Ledger.class);
              CompletableFuture<Integer> told = new CompletableFuture<>();

              assertThatThrownBy(
                      () ->
                          transfers.transferThen(
                              account,
                              30,
                              () -> {
                                tellOfTheEnd(told);
                                ledger.noteForNobody();
                              }))
                  .isInstanceOfSatisfying(
                      GlobalTransactionAbortedException.class,
                      aborted -> assertThat(aborted.reason()).isEqualTo(Outcome.Reason.REFUSED))
                  .hasMessageContaining("transferThen")
                  .hasMessageContaining("ledger")
                  .hasRootCauseInstanceOf(SQLException.class);

              assertThat(told).isCompletedWithValue(TransactionSynchronization.STATUS_ROLLED_BACK);
              expectMoved(0);
              assertThat(prepared()).isZero();
            });
  }

  @Test
  void transfer_timeIsUp_isRolledBackByTheDatabase() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);
              long begun = System.nanoTime();

              assertThatThrownBy(() -> transfers.transferTooSlowly(account, 30))
                  .isInstanceOf(QueryTimeoutException.class);

              assertThat(Duration.ofNanos(System.nanoTime() - begun))
                  .isLessThan(Duration.ofSeconds(15));
              expectMoved(0);
            });
  }

  @Test
  void requiresNew_outerRollsBack_staysCommitted() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);

              assertThatThrownBy(
                      () ->
                          transfers.transferThen(
                              account + "-other",
                              1,
                              () -> {
                                throw new IllegalStateException("never called: no such account");
                              }))
                  .hasMessageContaining("no account");
              assertThatThrownBy(
                      () ->
                          template(context.getBean(GlobalTransactions.class))
                              .executeWithoutResult(
                                  outer -> {
                                    transfers.transferByItself(account, 30);
                                    throw new IllegalStateException("outer");
                                  }))
                  .hasMessage("outer");

              expectMoved(30);
            });
  }

  private static TransactionTemplate template(GlobalTransactions global) {
    return new TransactionTemplate(global.manager());
  }

  @Test
  void requiresNew_ofOneDatabase_isNotPartOfTheGlobalOne() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);
              Ledger ledger = context.getBean(Ledger.class);

              assertThatThrownBy(
                      () ->
                          template(context.getBean(GlobalTransactions.class))
                              .executeWithoutResult(
                                  outer -> {
                                    transfers.debit(account, 30);
                                    ledger.creditByItself(account, 5);
                                    throw new IllegalStateException("outer");
                                  }))
                  .hasMessage("outer");

              assertThat(balanceInLedger()).isEqualTo(OPENING + 5);
            });
  }

  private long balanceInLedger() {
    return Databases.number(
        Databases.ledger(), "SELECT balance FROM account WHERE id = '" + account + "'");
  }

  @Test
  void propagation_mandatoryAndNever_failWhereTheyMustNotBe() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);

              assertThatThrownBy(() -> transfers.transferWithin(account, 1))
                  .isInstanceOf(IllegalTransactionStateException.class);
              assertThatThrownBy(
                      () ->
                          transfers.transferThen(
                              account, 1, () -> transfers.transferOutside(account, 1)))
                  .isInstanceOf(IllegalTransactionStateException.class);
              transfers.transferThen(account, 1, () -> transfers.transferWithin(account, 2));

              expectMoved(3);
            });
  }

  /** What was done in there would not be undone. */
  @Test
  void global_withinATransactionOfOneDatabase_isRefused() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);

              assertThatThrownBy(
                      () ->
                          transfers.transferWithinOneDatabase(
                              () -> transfers.transfer(account, 30)))
                  .isInstanceOf(IllegalTransactionStateException.class)
                  .hasMessageContaining("accounts alone")
                  .hasMessageContaining("transfer");

              expectMoved(0);
            });
  }

  /**
   * The connections are still bound then. Work in them would seem to be done, be committed by
   * nobody, and keep its locks and its connection for ever.
   */
  @Test
  void afterCommit_workInTheTransactionThatIsOver_isRefused() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);
              Ledger ledger = context.getBean(Ledger.class);
              GlobalTransactions global = context.getBean(GlobalTransactions.class);
              Branch late =
                  context
                      .getBean(Bank.Witness.class)
                      .branch(() -> CompletableFuture.completedFuture(Vote.PREPARED));
              List<Throwable> refused = new ArrayList<>();

              template(global)
                  .executeWithoutResult(
                      only -> {
                        transfers.debit(account, 30);
                        afterCommit(
                            () -> {
                              ledger.creditByItself(account, 5);
                              refused.add(catchThrowable(() -> ledger.credit(account, 30)));
                              refused.add(catchThrowable(() -> global.enlist(late)));
                            });
                      });

              assertThat(refused)
                  .hasSize(2)
                  .allSatisfy(
                      each ->
                          assertThat(each)
                              .isInstanceOf(IllegalTransactionStateException.class)
                              .hasMessageContaining("is over"));
              assertThat(balanceInLedger()).isEqualTo(OPENING + 5);
              assertThat(
                      context
                          .getBean("ledgerPool", HikariDataSource.class)
                          .getHikariPoolMXBean()
                          .getActiveConnections())
                  .isZero();
            });
  }

  private static void afterCommit(Runnable work) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            work.run();
          }
        });
  }

  /** Each transaction would fail, and leave its connection to the thread's next one. */
  @Test
  void databases_twoOfOneDataSource_areRefused() {
    bank()
        .run(
            context -> {
              EnlistedDatabase one = context.getBean(EnlistedDatabases.class).all().get(0);
              assertThatThrownBy(
                      () ->
                          new GlobalTransactions(
                              context.getBean(Transactions.class),
                              List.of(one, one),
                              GlobalTransactions.Options.defaults(),
                              ObservationRegistry.NOOP))
                  .isInstanceOf(IllegalArgumentException.class);
            });
  }

  /** It has nobody to agree with. */
  @Test
  void oneDatabaseUsed_storeIsAway_isCommitted() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);
              TransactionTemplate template = template(context.getBean(GlobalTransactions.class));
              silence(namespace);

              template.executeWithoutResult(only -> transfers.debit(account, 30));

              speak(namespace);
              assertThat(
                      Databases.number(
                          Databases.accounts(),
                          "SELECT balance FROM account WHERE id = '" + account + "'"))
                  .isEqualTo(OPENING - 30);
            });
  }

  /** Nobody's plain transactions become global ones. */
  @Test
  void manager_isNotTheOneOfPlainTransactions() {
    bank()
        .run(
            context -> {
              PlatformTransactionManager plain =
                  context.getBeanProvider(PlatformTransactionManager.class).getIfAvailable();

              assertThat(plain).isNotNull().isSameAs(context.getBean("accountsManager"));
              assertThat(context.getBean(GlobalTransactions.MANAGER)).isNotSameAs(plain);
            });
  }
}
