package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.scenario.wallet.Transfer;
import io.holdfast.payment.testing.Bank;
import io.holdfast.payment.testing.Sql;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who was succeeded writes no more. */
class FenceTest {

  private Bank bank;
  private Ledger successor;

  @BeforeEach
  void open() {
    bank = new Bank();
    bank.open("alice", 100);
    bank.open("bob", 0);
    successor = bank.ledger("node-b");
  }

  @AfterEach
  void close() {
    bank.close();
  }

  private CompletableFuture<Reply> transfer(Ledger at, long cents) {
    return at.execute(
        Caller.of("alice", Role.CUSTOMER),
        new Transfer(),
        new Transfer.Request(new AccountId("alice"), new AccountId("bob"), cents, "EUR"),
        bank.nextKey());
  }

  @Test
  void execute_afterASealWithAGreaterToken_isRefused() {
    successor.seal(new Fence(0, Bank.token(2)));

    assertThatThrownBy(() -> transfer(bank.ledger(), 1).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(StaleOwnerException.class);
    assertThat(bank.balance("alice")).isEqualTo(100);
    assertThat(transfer(successor, 1).join().refusal()).isEmpty();
  }

  @Test
  void seal_withASmallerToken_isRefused() {
    successor.seal(new Fence(0, Bank.token(5)));

    assertThatThrownBy(() -> bank.ledger().seal(new Fence(0, Bank.token(4))))
        .isInstanceOf(StaleOwnerException.class);
    successor.seal(new Fence(0, Bank.token(5)));
  }

  @Test
  void seal_tokenWithTheHighestBitSet_isGreater() {
    successor.seal(new Fence(0, FencingToken.of(new Revision(0x8000_0000L))));

    assertThatThrownBy(() -> bank.ledger().seal(new Fence(0, Bank.token(9))))
        .isInstanceOf(StaleOwnerException.class);
  }

  /**
   * The old owner is past its fence check and waits for alice's row when the new owner seals: the
   * seal must wait until the old owner has committed.
   */
  @Test
  void seal_withATransferInFlight_waitsUntilItHasCommitted() throws Exception {
    CompletableFuture<Reply> transfer;
    CompletableFuture<Long> seenByNewOwner;
    DatabaseConfig database = bank.config();
    try (Connection blocker =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        Statement statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      statement.execute("SELECT 1 FROM account WHERE id = 'alice' FOR UPDATE");
      transfer = transfer(bank.ledger(), 40);
      awaitWaitingOnLocks(1);
      seenByNewOwner =
          CompletableFuture.supplyAsync(
              () -> {
                successor.seal(new Fence(0, Bank.token(2)));
                return bank.balance("alice");
              });
      awaitWaitingOnLocks(2);
      assertThat(seenByNewOwner).isNotDone();
      blocker.rollback();
    }

    assertThat(transfer.get(60, TimeUnit.SECONDS).refusal()).isEmpty();
    assertThat(seenByNewOwner.get(60, TimeUnit.SECONDS)).isEqualTo(60);
    assertThatThrownBy(() -> transfer(bank.ledger(), 1).join())
        .hasCauseInstanceOf(StaleOwnerException.class);
  }

  private void awaitWaitingOnLocks(int backends) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Sql.number(
                        bank.config(),
                        "SELECT count(*) FROM pg_stat_activity"
                            + " WHERE datname = '"
                            + bank.config().url().replaceAll(".*/", "")
                            + "' AND wait_event_type = 'Lock'")
                    >= backends);
  }
}
