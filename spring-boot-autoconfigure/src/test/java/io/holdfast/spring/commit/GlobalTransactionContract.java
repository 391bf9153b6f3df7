package io.holdfast.spring.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import io.holdfast.spring.commit.Bank.Life;
import io.holdfast.spring.commit.Bank.Transfers;
import io.holdfast.spring.commit.Bank.Witness;
import io.holdfast.spring.lock.LockedAutoConfiguration;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Vote;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** {@link GlobalTransaction} over two databases, with the decision in one store or another. */
@Timeout(120)
@ResourceLock("databases") // it counts what is prepared in them
abstract class GlobalTransactionContract {

  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final long OPENING = 100;

  final String account = UUID.randomUUID().toString();
  final String namespace = "bank-" + UUID.randomUUID();

  abstract String uri(String namespace);

  /** The store answers no more. */
  abstract void silence(String namespace);

  /** Ends a {@link #silence}. */
  abstract void speak(String namespace);

  @BeforeEach
  final void openAccount() {
    String insert = "INSERT INTO account VALUES ('" + account + "', " + OPENING + ")";
    Databases.run(Databases.accounts(), insert);
    Databases.run(Databases.ledger(), insert);
  }

  /** A process of it. */
  final ApplicationContextRunner bank() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                HoldfastAutoConfiguration.class,
                LockedAutoConfiguration.class,
                CommitAutoConfiguration.class))
        .withUserConfiguration(Bank.class)
        .withPropertyValues(Bank.PROPERTIES)
        .withPropertyValues("holdfast.connect=" + uri(namespace));
  }

  private static long balance(String url, String account) {
    return Databases.number(url, "SELECT balance FROM account WHERE id = '" + account + "'");
  }

  final void expectMoved(long amount) {
    assertThat(balance(Databases.accounts(), account)).as("accounts").isEqualTo(OPENING - amount);
    assertThat(balance(Databases.ledger(), account)).as("ledger").isEqualTo(OPENING + amount);
  }

  private void expectSettled(long amount) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(prepared()).isZero();
              expectMoved(amount);
            });
  }

  /** In both. */
  static long prepared() {
    return Databases.prepared(Databases.accounts()) + Databases.prepared(Databases.ledger());
  }

  private static void loseSession(ApplicationContext context) {
    context.getBean(Coordinator.class).current().orElseThrow().close();
  }

  @Test
  final void transfer_nothingFails_isSeenInBothWhenTheMethodReturns() {
    bank()
        .run(
            context -> {
              context.getBean(Transfers.class).transfer(account, 30);

              expectMoved(30);
              assertThat(prepared()).isZero();
            });
  }

  @Test
  final void transfer_methodThrows_isRolledBackInBoth() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);

              assertThatThrownBy(() -> transfers.transferAndThrow(account, 30))
                  .isExactlyInstanceOf(IOException.class);

              expectMoved(0);
              assertThat(prepared()).isZero();
            });
  }

  /** What a dead process leaves before its decision, another one rolls back. */
  @Test
  final void process_diesBeforeTheDecision_anotherRollsBack() {
    bank()
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);
              Witness witness = context.getBean(Witness.class);
              CompletableFuture<Vote> never = new CompletableFuture<>();
              CompletableFuture<Throwable> doomed =
                  CompletableFuture.supplyAsync(
                      () ->
                          catchThrowable(
                              () ->
                                  transfers.transferWith(
                                      account, 30, witness.branch(() -> never))));
              await().atMost(PATIENCE).until(() -> prepared() == 2);
              context.getBean(Life.class).end();
              loseSession(context);
              expectMoved(0);

              bank().run(survivor -> expectSettled(0));

              context.getBean(Life.class).goOn();
              never.completeExceptionally(new IllegalStateException("over"));
              assertThat(doomed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                  .isInstanceOf(GlobalTransactionAbortedException.class);
            });
  }

  /** What a dead process leaves after its decision, another one commits. */
  @Test
  final void process_diesAfterTheDecision_anotherCommits() {
    bank()
        .withPropertyValues("holdfast.transactions.visible-within=100ms")
        .run(
            context -> {
              context.getBean(Life.class).end();
              context.getBean(Transfers.class).transfer(account, 30);
              assertThat(prepared()).isEqualTo(2);
              expectMoved(0);
              loseSession(context);

              bank().run(survivor -> expectSettled(30));

              context.getBean(Life.class).goOn();
            });
  }

  @Test
  final void store_silentAtTheDecision_isUnknownAndThenKnown() {
    bank()
        .withPropertyValues("holdfast.transactions.timeout=5s")
        .run(
            context -> {
              Transfers transfers = context.getBean(Transfers.class);
              transfers.transfer(account, 1);
              CompletableFuture<Integer> told = new CompletableFuture<>();
              Throwable thrown =
                  catchThrowable(
                      () ->
                          transfers.transferThen(
                              account,
                              29,
                              () -> {
                                tellOfTheEnd(told);
                                context
                                    .getBean(GlobalTransactions.class)
                                    .enlist(context.getBean(Witness.class).branch(this::silencing));
                              }));
              speak(namespace);

              assertThat(thrown).isInstanceOf(GlobalTransactionUnknownException.class);
              assertThat(told).isCompletedWithValue(TransactionSynchronization.STATUS_UNKNOWN);
              GlobalTransactionUnknownException unknown =
                  (GlobalTransactionUnknownException) thrown;
              assertThat(unknown.id()).isPresent();
              Outcome outcome =
                  unknown
                      .resolution()
                      .toCompletableFuture()
                      .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
              expectSettled(outcome instanceof Outcome.Committed ? 30 : 1);
            });
  }

  private CompletableFuture<Vote> silencing() {
    return CompletableFuture.supplyAsync(
        () -> {
          await().atMost(PATIENCE).until(() -> prepared() == 2);
          silence(namespace);
          return Vote.PREPARED;
        });
  }

  static void tellOfTheEnd(CompletableFuture<Integer> told) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCompletion(int status) {
            told.complete(status);
          }
        });
  }
}
