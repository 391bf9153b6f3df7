package io.holdfast.payment.old;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.old.Receipt.Origin;
import io.holdfast.payment.testing.Bank;
import io.holdfast.payment.testing.Sql;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the ledger books, refuses and replays. */
class LedgerTest {

  private static Bank bank;

  @BeforeAll
  static void open() {
    bank = new Bank();
    bank.open("alice", 1_000);
    bank.open("bob", 0);
  }

  @AfterAll
  static void close() {
    bank.close();
  }

  private static long entriesOf(IdempotencyKey key) {
    return Sql.number(bank.database(), "SELECT count(*) FROM entry WHERE transfer = '" + key + "'");
  }

  /** An account in the same shard as another, or in a different one. */
  private static String neighbour(String prefix, String of, boolean same) {
    for (int i = 0; ; i++) {
      String candidate = prefix + i;
      boolean together =
          Bank.MAP.shardOf(new AccountId(candidate)) == Bank.MAP.shardOf(new AccountId(of));
      if (together == same) {
        return candidate;
      }
    }
  }

  @Test
  void execute_acrossShards_booksFourEntriesThatBalanceEachShard() {
    bank.open("debtor", 500);
    String creditor = neighbour("far", "debtor", false);
    bank.open(creditor, 0);
    IdempotencyKey key = bank.nextKey();

    Receipt receipt = bank.execute(Bank.transfer("debtor", creditor, 120), key);

    assertThat(receipt.refusal()).isEmpty();
    assertThat(receipt.origin()).isEqualTo(Origin.EXECUTED);
    assertThat(entriesOf(key)).isEqualTo(4);
    assertThat(bank.balance("debtor")).isEqualTo(380);
    assertThat(bank.balance(creditor)).isEqualTo(120);
    assertThat(bank.unbalancedShards()).isZero();
  }

  @Test
  void execute_withinOneShard_booksTwoEntries() {
    bank.open("payer", 500);
    String creditor = neighbour("near", "payer", true);
    bank.open(creditor, 0);
    IdempotencyKey key = bank.nextKey();

    bank.execute(Bank.transfer("payer", creditor, 1), key);

    assertThat(entriesOf(key)).isEqualTo(2);
    assertThat(bank.unbalancedShards()).isZero();
  }

  @Test
  void execute_openingBalance_isBookedAgainstEquityOfTheShard() {
    bank.open("saver", 77);

    assertThat(bank.balance("saver")).isEqualTo(77);
    assertThat(
            Sql.number(
                bank.database(),
                "SELECT -sum(e.amount) FROM entry e JOIN account a ON a.id = e.account"
                    + " WHERE a.kind = 'EQUITY' AND e.transfer ="
                    + " (SELECT transfer FROM entry WHERE account = 'saver')"))
        .isEqualTo(77);
  }

  @Test
  void execute_moreThanThereIs_isRefusedWithoutEffect() {
    bank.open("poor", 10);
    IdempotencyKey key = bank.nextKey();

    Receipt receipt = bank.execute(Bank.transfer("poor", "bob", 11), key);

    assertThat(receipt.refusal()).contains(Refusal.INSUFFICIENT_FUNDS);
    assertThat(entriesOf(key)).isZero();
    assertThat(bank.balance("poor")).isEqualTo(10);
  }

  @Test
  void execute_refusedOnce_staysRefusedUnderTheSameKey() {
    bank.open("late", 0);
    IdempotencyKey key = bank.nextKey();
    bank.execute(Bank.transfer("late", "bob", 5), key);
    bank.execute(Bank.transfer("alice", "late", 5), bank.nextKey());

    Receipt again = bank.execute(Bank.transfer("late", "bob", 5), key);

    assertThat(again.refusal()).contains(Refusal.INSUFFICIENT_FUNDS);
    assertThat(again.origin()).isEqualTo(Origin.REPLAYED);
    assertThat(bank.balance("late")).isEqualTo(5);
  }

  @Test
  void execute_unknownAccount_isRefused() {
    assertThat(bank.execute(Bank.transfer("alice", "nobody", 1), bank.nextKey()).refusal())
        .contains(Refusal.UNKNOWN_ACCOUNT);
    assertThat(bank.execute(Bank.transfer("nobody", "alice", 1), bank.nextKey()).refusal())
        .contains(Refusal.UNKNOWN_ACCOUNT);
  }

  @Test
  void execute_otherCurrency_isRefused() {
    Transfer inYen = new Transfer(new AccountId("alice"), new AccountId("bob"), Money.of(1, "JPY"));

    assertThat(bank.execute(inYen, bank.nextKey()).refusal()).contains(Refusal.CURRENCY_MISMATCH);
  }

  @Test
  void execute_accountThatExists_isRefused() {
    assertThat(bank.open("alice", 1_000).refusal()).contains(Refusal.ACCOUNT_EXISTS);
  }

  @Test
  void execute_sameKeySameRequest_replaysTheFirstAnswer() {
    bank.open("ann", 100);
    IdempotencyKey key = bank.nextKey();
    Receipt first = bank.execute(Bank.transfer("ann", "bob", 30), key);

    Receipt second = bank.execute(Bank.transfer("ann", "bob", 30), key);

    assertThat(second.origin()).isEqualTo(Origin.REPLAYED);
    assertThat(second.at()).isEqualTo(first.at());
    assertThat(bank.balance("ann")).isEqualTo(70);
  }

  @Test
  void execute_sameKeyOtherRequest_isRejected() {
    IdempotencyKey key = bank.nextKey();
    bank.execute(Bank.transfer("alice", "bob", 1), key);

    assertThatThrownBy(() -> bank.execute(Bank.transfer("alice", "bob", 2), key))
        .isInstanceOf(KeyReusedException.class);
  }

  @Test
  void balance_belowZero_isStoppedByTheDatabaseToo() {
    bank.open("checked", 1);

    assertThatThrownBy(
            () ->
                Sql.change(bank.database(), "UPDATE account SET balance = -1 WHERE id = 'checked'"))
        .hasStackTraceContaining("account_balance_check");
  }

  @Test
  void open_otherNumberOfShards_isRefused() {
    ShardMap other = new ShardMap(Bank.MAP.shards() + 1);

    assertThatThrownBy(() -> Database.open(bank.config(), other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("laid out in 4 shards");
  }
}
