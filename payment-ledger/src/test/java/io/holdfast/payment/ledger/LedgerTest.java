package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final TwoNodes LEDGER = new TwoNodes();
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final OpenAccount OPEN = new OpenAccount();
  private static final Fund FUND = new Fund();
  private static final Transfer TRANSFER = new Transfer();

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  private static AccountId wallet(int shard, String name, long amount) {
    AccountId id = LEDGER.account(shard, name);
    Reply opened = LEDGER.run(OPERATOR, OPEN, OpenAccount.wallet(id, name, "EUR"), "open");
    assertThat(opened.refusal()).isEmpty();
    if (amount > 0) {
      LEDGER.run(OPERATOR, FUND, new Fund.Request(id, amount, "EUR", "a test"), "fund");
    }
    return id;
  }

  private static Reply transfer(AccountId from, AccountId to, long amount, String key) {
    return LEDGER.run(
        Caller.of(LEDGER.account(from).owner(), Role.CUSTOMER),
        TRANSFER,
        new Transfer.Request(from, to, amount, "EUR"),
        key);
  }

  @Test
  void execute_inOneShard_movesOnce() {
    AccountId from = wallet(0, "anna", 100);
    AccountId to = wallet(0, "bert", 0);
    Reply first = transfer(from, to, 30, "k1");
    Reply again = transfer(from, to, 30, "k1");
    assertThat(first.origin()).isEqualTo(Reply.Origin.EXECUTED);
    assertThat(again.origin()).isEqualTo(Reply.Origin.REPLAYED);
    assertThat(again.answer()).isEqualTo(first.answer());
    assertThat(LEDGER.account(from).posted()).isEqualTo(70);
    assertThat(LEDGER.account(to).posted()).isEqualTo(30);
    assertThatThrownBy(() -> transfer(from, to, 31, "k1"))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(KeyReusedException.class);
  }

  @Test
  void execute_tooLittle_isRefusedAndStaysRefused() {
    AccountId from = wallet(0, "carl", 10);
    AccountId to = wallet(0, "dora", 0);
    assertThat(transfer(from, to, 11, "k").refusal().map(Refusal::code))
        .contains("insufficient-funds");
    LEDGER.run(OPERATOR, FUND, new Fund.Request(from, 100, "EUR", "more"), "more");
    assertThat(transfer(from, to, 11, "k").refusal().map(Refusal::code))
        .contains("insufficient-funds");
    assertThat(transfer(from, to, 11, "k2").refusal()).isEmpty();
  }

  @Test
  void execute_acrossDatabasesAndOwners_movesOnce() {
    AccountId from = wallet(0, "emil", 100);
    AccountId to = wallet(1, "fred", 0);
    Reply first = transfer(from, to, 40, "k");
    assertThat(first.refusal()).isEmpty();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(LEDGER.account(from).posted()).isEqualTo(60);
              assertThat(LEDGER.account(from).held()).isZero();
              assertThat(LEDGER.account(to).posted()).isEqualTo(40);
              assertThat(LEDGER.account(to).incoming()).isZero();
            });
    Reply again = transfer(from, to, 40, "k");
    assertThat(again.origin()).isEqualTo(Reply.Origin.REPLAYED);
    assertThat(again.answer()).isEqualTo(first.answer());
    assertThat(LEDGER.nodes.get(1).reader().statement(to, 0, 10))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.amount()).isEqualTo(40);
              assertThat(line.balance()).isEqualTo(40);
              assertThat(line.type()).isEqualTo("transfer");
              assertThat(line.reference()).isEqualTo("k");
            });
  }

  @Test
  void execute_otherShardRefuses_isRefusedAndNothingIsHeld() {
    AccountId from = wallet(2, "gina", 100);
    AccountId nobody = LEDGER.account(3, "nobody");
    Reply refused = transfer(from, nobody, 40, "k");
    assertThat(refused.refusal().map(Refusal::code)).contains("unknown-account");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(LEDGER.account(from).held()).isZero());
    assertThat(transfer(from, nobody, 40, "k").origin()).isEqualTo(Reply.Origin.REPLAYED);
    assertThat(LEDGER.account(from).posted()).isEqualTo(100);
  }

  @Test
  void execute_byAFormerOwner_isRefused() {
    AccountId account = wallet(4, "hans", 10);
    Ledger former = LEDGER.owner(4);
    LEDGER.take(4, LEDGER.nodes.get(1));
    assertThatThrownBy(
            () ->
                former
                    .execute(
                        OPERATOR,
                        FUND,
                        new Fund.Request(account, 5, "EUR", "late"),
                        new IdempotencyKey("late"))
                    .join())
        .hasCauseInstanceOf(StaleOwnerException.class);
    LEDGER.run(OPERATOR, FUND, new Fund.Request(account, 5, "EUR", "late"), "late");
    assertThat(LEDGER.account(account).posted()).isEqualTo(15);
  }

  /** With what it is told. */
  private record Told(Set<String> parts) implements Trace {
    @Override
    public void over(String part, int shard, long beganNanos, long endedNanos) {
      if (endedNanos - beganNanos >= 0) {
        parts.add(part + " " + shard);
      }
    }

    @Override
    public Optional<String> parent() {
      return Optional.of("the trace");
    }
  }

  @Test
  void execute_traced_tellsItsPartsAndTheOtherOwner() {
    AccountId from = wallet(0, "tracy", 100);
    AccountId to = wallet(1, "ted", 0);
    Told told = new Told(ConcurrentHashMap.newKeySet());

    LEDGER
        .owner(0)
        .execute(
            Caller.of("tracy", Role.CUSTOMER),
            TRANSFER,
            new Transfer.Request(from, to, 1, "EUR"),
            new IdempotencyKey("traced"),
            told,
            Deadline.NONE)
        .join();

    assertThat(LEDGER.tracedLast).contains("the trace");
    await().atMost(Duration.ofSeconds(30)).until(() -> told.parts().contains("settle 1"));
    assertThat(told.parts())
        .containsExactlyInAnyOrder("wait 0", "commit 0", "prepare 1", "transaction 0", "settle 1");
    assertThat(LEDGER.settledLast).containsExactly("the trace");
  }
}
