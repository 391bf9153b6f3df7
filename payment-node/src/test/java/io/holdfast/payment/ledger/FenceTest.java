package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.testing.Bank;
import io.holdfast.payment.testing.Sql;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who was succeeded writes no more. */
class FenceTest {

  private Bank bank;
  private int shard;

  @BeforeEach
  void open() {
    bank = new Bank();
    bank.open("alice", 100);
    bank.open("bob", 0);
    shard = Bank.MAP.shardOf(new AccountId("alice"));
  }

  @AfterEach
  void close() {
    bank.close();
  }

  @Test
  void execute_afterASealWithAGreaterToken_isRefused() {
    bank.ledger().seal(new Fence(shard, Bank.token(2)));

    assertThatThrownBy(() -> bank.execute(Bank.transfer("alice", "bob", 1), bank.nextKey()))
        .isInstanceOf(StaleOwnerException.class);
    assertThat(bank.balance("alice")).isEqualTo(100);
    assertThat(
            bank.execute(Bank.transfer("alice", "bob", 1), bank.nextKey(), Bank.token(2)).refusal())
        .isEmpty();
  }

  @Test
  void seal_withASmallerToken_isRefused() {
    bank.ledger().seal(new Fence(shard, Bank.token(5)));

    assertThatThrownBy(() -> bank.ledger().seal(new Fence(shard, Bank.token(4))))
        .isInstanceOf(StaleOwnerException.class);
    bank.ledger().seal(new Fence(shard, Bank.token(5)));
  }

  @Test
  void seal_tokenWithTheHighestBitSet_isGreater() {
    FencingToken high = FencingToken.of(new Revision(0x8000_0000L));
    bank.ledger().seal(new Fence(shard, high));

    assertThatThrownBy(() -> bank.ledger().seal(new Fence(shard, Bank.token(9))))
        .isInstanceOf(StaleOwnerException.class);
  }

  /**
   * The old owner is past its fence check and waits for alice's row when the new owner seals: the
   * seal must wait until the old owner has committed.
   */
  @Test
  void seal_withATransferInFlight_waitsUntilItHasCommitted() throws Exception {
    CompletableFuture<Void> transfer;
    CompletableFuture<Long> seenByNewOwner;
    try (Connection blocker = bank.database().connections().getConnection();
        Statement statement = blocker.createStatement()) {
      statement.execute("SELECT 1 FROM account WHERE id = 'alice' FOR UPDATE");
      transfer =
          CompletableFuture.runAsync(
              () -> bank.execute(Bank.transfer("alice", "bob", 40), bank.nextKey()));
      awaitWaitingOnLocks(1);
      seenByNewOwner =
          CompletableFuture.supplyAsync(
              () -> {
                bank.ledger().seal(new Fence(shard, Bank.token(2)));
                return bank.balance("alice");
              });
      awaitWaitingOnLocks(2);
      assertThat(seenByNewOwner).isNotDone();
      blocker.rollback();
    }

    transfer.get(60, TimeUnit.SECONDS);
    assertThat(seenByNewOwner.get(60, TimeUnit.SECONDS)).isEqualTo(60);
    assertThatThrownBy(() -> bank.execute(Bank.transfer("alice", "bob", 1), bank.nextKey()))
        .isInstanceOf(StaleOwnerException.class);
  }

  private void awaitWaitingOnLocks(int backends) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Sql.number(
                        bank.database(),
                        "SELECT count(*) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND wait_event_type = 'Lock'")
                    >= backends);
  }
}
