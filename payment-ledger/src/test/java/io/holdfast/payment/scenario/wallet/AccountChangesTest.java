package io.holdfast.payment.scenario.wallet;

import static io.holdfast.payment.scenario.wallet.Wallets.ALICE;
import static io.holdfast.payment.scenario.wallet.Wallets.BOB;
import static io.holdfast.payment.scenario.wallet.Wallets.OLGA;
import static io.holdfast.payment.scenario.wallet.Wallets.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.Event;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Limits;
import io.holdfast.payment.ledger.Money;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Accounts are opened, limited, frozen and closed. */
final class AccountChangesTest {

  private final Wallets wallets = new Wallets();
  private final AccountId alice = wallets.alice;
  private final AccountId bob = wallets.bob;

  @Test
  void open_newName_isEmptyWithoutCredit() {
    AccountId id = new AccountId("carol");

    wallets.ask(
        OLGA,
        new OpenAccount.Request(
            id,
            "carol",
            "KWD",
            Optional.of(AccountType.MERCHANT),
            OptionalLong.of(5),
            OptionalLong.of(9)));

    assertThat(wallets.ledger.account(id).available()).isZero();
    assertThat(wallets.ledger.account(id).type()).isEqualTo(AccountType.MERCHANT);
    assertThat(wallets.ledger.account(id).limits()).isEqualTo(new Limits(5, 9));
  }

  @Test
  void open_byACustomerOrTwice_isRefused() {
    AccountId id = new AccountId("carol");
    refused("forbidden", () -> wallets.ask(ALICE, OpenAccount.wallet(id, "alice", "EUR")));
    wallets.ask(OLGA, OpenAccount.wallet(id, "carol", "EUR"));
    refused("account-exists", () -> wallets.ask(OLGA, OpenAccount.wallet(id, "olga", "EUR")));
    assertThat(wallets.ledger.account(id).owner()).isEqualTo("carol");
  }

  /** One operator alone would make money of it. */
  @Test
  void open_withCredit_isNoRequest() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Json.read(
                    "{\"account\":\"c\",\"owner\":\"c\",\"currency\":\"EUR\",\"creditLimit\":1}",
                    OpenAccount.Request.class));
  }

  @Test
  void freeze_openAccount_letsNothingOutButIn() {
    wallets.ask(OLGA, new FreezeAccount.Request(alice, "suspicion"));

    refused("account-frozen", () -> wallets.ask(ALICE, pay(alice, bob, 1)));
    wallets.ask(BOB, pay(bob, alice, 1));
    assertThat(wallets.balance(alice)).isEqualTo(10_001);
  }

  @Test
  void freeze_reason_isNotToldToTheOwner() {
    wallets.ask(OLGA, new FreezeAccount.Request(alice, "suspicion"));

    Event told = wallets.ledger.events().get(0);
    assertThat(told.type()).isEqualTo("account.frozen");
    assertThat(Json.write(told.body())).doesNotContain("suspicion");
  }

  @Test
  void freeze_byTheOwner_isForbidden() {
    refused("forbidden", () -> wallets.ask(ALICE, new FreezeAccount.Request(alice, "mine")));
    refused("forbidden", () -> wallets.ask(ALICE, new UnfreezeAccount.Request(alice, "mine")));
  }

  @Test
  void freeze_notOpen_isRefused() {
    refused(
        "unknown-account",
        () -> wallets.ask(OLGA, new FreezeAccount.Request(new AccountId("nobody"), "x")));
    wallets.ask(OLGA, new FreezeAccount.Request(alice, "x"));
    refused("account-frozen", () -> wallets.ask(OLGA, new FreezeAccount.Request(alice, "x")));
    refused("account-closed", () -> wallets.ask(OLGA, new FreezeAccount.Request(closed(), "x")));
  }

  @Test
  void freeze_withoutReason_isNoRequest() {
    assertThatIllegalArgumentException().isThrownBy(() -> new FreezeAccount.Request(alice, " "));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new UnfreezeAccount.Request(alice, "x".repeat(201)));
  }

  @Test
  void unfreeze_frozenAccount_isUsableAgain() {
    wallets.ask(OLGA, new FreezeAccount.Request(alice, "x"));

    wallets.ask(OLGA, new UnfreezeAccount.Request(alice, "cleared"));

    wallets.ask(ALICE, pay(alice, bob, 1));
    assertThat(wallets.ledger.account(alice).status()).isEqualTo(AccountStatus.OPEN);
  }

  @Test
  void unfreeze_notFrozen_isRefused() {
    refused("account-not-frozen", () -> wallets.ask(OLGA, new UnfreezeAccount.Request(alice, "x")));
    refused("account-closed", () -> wallets.ask(OLGA, new UnfreezeAccount.Request(closed(), "x")));
  }

  @Test
  void close_emptyByItsOwner_isForEver() {
    wallets.ask(ALICE, pay(alice, bob, 10_000));

    wallets.ask(ALICE, new CloseAccount.Request(alice));

    assertThat(wallets.ledger.account(alice).status()).isEqualTo(AccountStatus.CLOSED);
    refused("account-closed", () -> wallets.ask(BOB, pay(bob, alice, 1)));
    refused("account-closed", () -> wallets.ask(ALICE, new CloseAccount.Request(alice)));
  }

  @Test
  void close_notEmpty_isRefused() {
    refused("account-not-empty", () -> wallets.ask(ALICE, new CloseAccount.Request(alice)));
    refused("account-not-empty", () -> wallets.ask(OLGA, new CloseAccount.Request(alice)));
  }

  @Test
  void close_creditInUse_isRefused() {
    credit(alice, 100);
    wallets.ask(ALICE, pay(alice, bob, 10_100));

    refused("account-not-empty", () -> wallets.ask(OLGA, new CloseAccount.Request(alice)));
  }

  @Test
  void close_bySomebodyElse_isRefused() {
    AccountId empty = wallets.ledger.wallet("empty", 0, "EUR");

    refused("unknown-account", () -> wallets.ask(BOB, new CloseAccount.Request(empty)));
  }

  @Test
  void close_frozen_isTheOperatorsAlone() {
    AccountId empty = wallets.ledger.open("empty", AccountType.WALLET, "alice", 0, "EUR");
    wallets.ask(OLGA, new FreezeAccount.Request(empty, "x"));

    refused("account-frozen", () -> wallets.ask(ALICE, new CloseAccount.Request(empty)));
    wallets.ask(OLGA, new CloseAccount.Request(empty));
  }

  @Test
  void limits_perPayment_bindsTheOwner() {
    wallets.ask(OLGA, new ChangeLimits.Request(alice, OptionalLong.of(100), OptionalLong.empty()));

    wallets.ask(ALICE, pay(alice, bob, 100));
    refused("limit-per-payment", () -> wallets.ask(ALICE, pay(alice, bob, 101)));
  }

  @Test
  void limits_perDay_countsWhatWasPaidUntilTheDayEnds() {
    wallets.ask(ALICE, pay(alice, bob, 60));
    wallets.ask(OLGA, new ChangeLimits.Request(alice, OptionalLong.empty(), OptionalLong.of(100)));

    wallets.ask(ALICE, pay(alice, bob, 40));
    refused("limit-per-day", () -> wallets.ask(ALICE, pay(alice, bob, 1)));

    wallets.ledger.advanceTo(wallets.ledger.now().plus(Duration.ofHours(12)));
    wallets.ask(ALICE, pay(alice, bob, 100));
  }

  @Test
  void limits_oneOfThem_leavesTheOther() {
    wallets.ask(OLGA, new ChangeLimits.Request(alice, OptionalLong.of(5), OptionalLong.empty()));
    wallets.ask(OLGA, new ChangeLimits.Request(alice, OptionalLong.empty(), OptionalLong.of(7)));

    assertThat(wallets.ledger.account(alice).limits()).isEqualTo(new Limits(5, 7));
  }

  @Test
  void limits_byTheOwnerOrOfAClosedAccount_isRefused() {
    ChangeLimits.Request own =
        new ChangeLimits.Request(alice, OptionalLong.of(5), OptionalLong.empty());
    refused("forbidden", () -> wallets.ask(ALICE, own));
    AccountId closed = closed();
    refused(
        "account-closed",
        () ->
            wallets.ask(
                OLGA, new ChangeLimits.Request(closed, OptionalLong.of(5), OptionalLong.empty())));
  }

  @Test
  void limits_malformed_isNoRequest() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ChangeLimits.Request(alice, OptionalLong.empty(), OptionalLong.empty()));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ChangeLimits.Request(alice, OptionalLong.of(-1), OptionalLong.empty()));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ChangeLimits.Request(
                    alice, OptionalLong.of(Money.MOST + 1), OptionalLong.empty()));
  }

  @Test
  void creditLimit_given_canBeSpentAndNoMore() {
    credit(alice, 100);

    refused("insufficient-funds", () -> wallets.ask(ALICE, pay(alice, bob, 10_101)));
    wallets.ask(ALICE, pay(alice, bob, 10_100));
    assertThat(wallets.balance(alice)).isEqualTo(-100);
  }

  @Test
  void creditLimit_lessThanIsUsed_isRefused() {
    credit(alice, 100);
    wallets.ask(ALICE, pay(alice, bob, 10_060));

    refused("credit-in-use", () -> credit(alice, 59));
    credit(alice, 60);
    assertThat(wallets.ledger.account(alice).available()).isZero();
  }

  @Test
  void creditLimit_malformedOrClosed_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChangeCreditLimit.Request(alice, -1, "x"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChangeCreditLimit.Request(alice, Money.MOST + 1, "x"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChangeCreditLimit.Request(alice, 1, ""));
    AccountId closed = closed();
    refused("account-closed", () -> credit(closed, 1));
  }

  private AccountId closed() {
    AccountId id = wallets.ledger.wallet("closed", 0, "EUR");
    wallets.ask(OLGA, new CloseAccount.Request(id));
    return id;
  }

  private void credit(AccountId account, long limit) {
    wallets.approved(
        new ChangeCreditLimit(), new ChangeCreditLimit.Request(account, limit, "agreed"));
  }

  private static Transfer.Request pay(AccountId from, AccountId to, long amount) {
    return new Transfer.Request(from, to, amount, "EUR");
  }
}
