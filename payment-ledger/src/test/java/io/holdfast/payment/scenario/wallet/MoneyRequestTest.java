package io.holdfast.payment.scenario.wallet;

import static io.holdfast.payment.scenario.wallet.Wallets.ALICE;
import static io.holdfast.payment.scenario.wallet.Wallets.BOB;
import static io.holdfast.payment.scenario.wallet.Wallets.MALLORY;
import static io.holdfast.payment.scenario.wallet.Wallets.OLGA;
import static io.holdfast.payment.scenario.wallet.Wallets.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MoneyRequestTest {

  private final Wallets wallets = new Wallets();
  private final AccountId alice = wallets.alice;
  private final AccountId bob = wallets.bob;

  @Test
  void request_ofTheOwner_livesWithThePayerAndIsReadByBoth() {
    DocumentId id = wallets.bobAsks(700);

    Document<MoneyRequest> document = wallets.ledger.document(MoneyRequest.KIND, id);
    assertThat(id.shard()).isEqualTo(wallets.ledger.map().shardOf(alice));
    assertThat(document.account()).isEqualTo(alice);
    assertThat(document.other()).contains(bob);
    assertThat(document.due()).contains(wallets.ledger.now().plus(Duration.ofDays(7)));
    assertThat(document.body().requester()).isEqualTo("bob");
    assertThat(document.body().state()).isEqualTo(MoneyRequest.State.OPEN);
    assertThat(wallets.balance(alice)).isEqualTo(10_000);
    assertThat(wallets.ledger.events())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.account()).isEqualTo(alice);
              assertThat(each.type()).isEqualTo("money-request.open");
            });
  }

  @Test
  void pay_intoSomebodyElsesAccount_isRefused() {
    DocumentId id = wallets.asked(MALLORY, alice, bob, 700, "EUR");
    DocumentId nowhere = wallets.asked(BOB, alice, new AccountId("nobody"), 700, "EUR");

    refused("unknown-account", () -> wallets.ask(ALICE, new PayRequest.Request(id, alice)));
    refused("unknown-account", () -> wallets.ask(ALICE, new PayRequest.Request(nowhere, alice)));
    assertThat(wallets.state(id)).isEqualTo(MoneyRequest.State.OPEN);
    assertThat(wallets.balance(alice)).isEqualTo(10_000);
  }

  @Test
  void request_byAnOperator_isForbidden() {
    refused("forbidden", () -> wallets.asked(OLGA, alice, bob, 700, "EUR"));
  }

  @Test
  void request_ofUnknownPayer_isRefused() {
    refused("unknown-account", () -> wallets.asked(BOB, new AccountId("nobody"), bob, 1, "EUR"));
  }

  @Test
  void request_inAnotherCurrency_isRefused() {
    refused("currency-mismatch", () -> wallets.asked(BOB, alice, bob, 700, "USD"));
  }

  @Test
  void request_ofClosedAccount_isRefused() {
    AccountId empty = wallets.ledger.wallet("empty", 0, "EUR");
    wallets.ask(OLGA, new CloseAccount.Request(empty));

    refused("account-closed", () -> wallets.asked(BOB, empty, bob, 1, "EUR"));
  }

  @Test
  void request_malformed_isNoRequest() {
    malformed(alice, alice, 1, Optional.empty(), OptionalInt.empty(), "different");
    malformed(alice, bob, 0, Optional.empty(), OptionalInt.empty(), "more than zero");
    malformed(alice, bob, -1, Optional.empty(), OptionalInt.empty(), "minor units");
    malformed(alice, bob, 1, Optional.of(" "), OptionalInt.empty(), "reference");
    malformed(alice, bob, 1, Optional.of("a\nb"), OptionalInt.empty(), "reference");
    malformed(alice, bob, 1, Optional.of("x".repeat(141)), OptionalInt.empty(), "reference");
    malformed(alice, bob, 1, Optional.empty(), OptionalInt.of(0), "days");
    malformed(alice, bob, 1, Optional.empty(), OptionalInt.of(91), "days");
  }

  private static void malformed(
      AccountId payer,
      AccountId payee,
      long amount,
      Optional<String> reference,
      OptionalInt days,
      String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RequestMoney.Request(payer, payee, amount, "EUR", reference, days))
        .withMessageContaining(message);
  }

  @Test
  void pay_openRequest_movesTheMoneyAndTellsThePayer() {
    DocumentId id = wallets.bobAsks(700);

    wallets.ask(ALICE, new PayRequest.Request(id, alice));

    assertThat(wallets.balance(alice)).isEqualTo(9_300);
    assertThat(wallets.balance(bob)).isEqualTo(1_200);
    Document<MoneyRequest> paid = wallets.ledger.document(MoneyRequest.KIND, id);
    assertThat(paid.body().state()).isEqualTo(MoneyRequest.State.PAID);
    assertThat(paid.body().decided()).contains(wallets.ledger.now());
    assertThat(paid.due()).isEmpty();
    assertThat(wallets.ledger.events())
        .extracting(Event::type)
        .containsExactly("money-request.open", "money-request.paid");
  }

  @Test
  void pay_byTheOperator_isDone() {
    DocumentId id = wallets.bobAsks(700);

    wallets.ask(OLGA, new PayRequest.Request(id, alice));

    assertThat(wallets.state(id)).isEqualTo(MoneyRequest.State.PAID);
  }

  @Test
  void pay_tooLittleMoney_isRefusedAndStaysOpen() {
    DocumentId id = wallets.bobAsks(10_001);

    refused("insufficient-funds", () -> wallets.ask(ALICE, new PayRequest.Request(id, alice)));

    assertThat(wallets.state(id)).isEqualTo(MoneyRequest.State.OPEN);
    assertThat(wallets.balance(bob)).isEqualTo(500);
  }

  @Test
  void pay_frozen_isRefusedAndStaysOpen() {
    DocumentId id = wallets.bobAsks(700);
    wallets.ask(OLGA, new FreezeAccount.Request(alice, "suspicion"));

    refused("account-frozen", () -> wallets.ask(ALICE, new PayRequest.Request(id, alice)));

    assertThat(wallets.state(id)).isEqualTo(MoneyRequest.State.OPEN);
  }

  @Test
  void pay_moreThanTheLimits_isRefused() {
    DocumentId id = wallets.bobAsks(700);
    limits(699, 10_000);
    refused("limit-per-payment", () -> wallets.ask(ALICE, new PayRequest.Request(id, alice)));

    limits(700, 699);
    refused("limit-per-day", () -> wallets.ask(ALICE, new PayRequest.Request(id, alice)));
  }

  private void limits(long perPayment, long perDay) {
    wallets.ask(
        OLGA,
        new ChangeLimits.Request(alice, OptionalLong.of(perPayment), OptionalLong.of(perDay)));
  }

  @Test
  void pay_bySomebodyElse_isRefused() {
    DocumentId id = wallets.bobAsks(700);
    AccountId hers = wallets.ledger.wallet("mallory", 10_000, "EUR");

    refused("unknown-account", () -> wallets.ask(MALLORY, new PayRequest.Request(id, alice)));
    refused("unknown-account", () -> wallets.ask(BOB, new PayRequest.Request(id, alice)));
    refused("unknown-account", () -> wallets.ask(MALLORY, new PayRequest.Request(id, hers)));
  }

  /**
   * Such an account is seen, for it is in the request's shard; it is not the one that was asked.
   */
  @Test
  void payAndDecline_fromAnotherAccountOfTheShard_isRefused() {
    DocumentId id = wallets.bobAsks(700);
    AccountId neighbour = inTheShardOf(alice);

    refused("not-found", () -> wallets.ask(MALLORY, new PayRequest.Request(id, neighbour)));
    refused("not-found", () -> wallets.ask(MALLORY, new DeclineRequest.Request(id, neighbour)));
    assertThat(wallets.state(id)).isEqualTo(MoneyRequest.State.OPEN);
  }

  private AccountId inTheShardOf(AccountId other) {
    for (int i = 0; ; i++) {
      AccountId id = new AccountId("neighbour-" + i);
      if (wallets.ledger.map().shardOf(id) == wallets.ledger.map().shardOf(other)) {
        return wallets.ledger.open(id.value(), AccountType.WALLET, "mallory", 10_000, "EUR");
      }
    }
  }

  @Test
  void decline_byThePayer_endsIt() {
    DocumentId id = wallets.bobAsks(700);
    refused("unknown-account", () -> wallets.ask(BOB, new DeclineRequest.Request(id, alice)));

    wallets.ask(ALICE, new DeclineRequest.Request(id, alice));

    ended(id, MoneyRequest.State.DECLINED, "request-declined");
  }

  @Test
  void cancel_byTheRequester_endsIt() {
    DocumentId id = wallets.bobAsks(700);
    refused("not-found", () -> wallets.ask(ALICE, new CancelRequest.Request(id)));
    refused("not-found", () -> wallets.ask(MALLORY, new CancelRequest.Request(id)));

    wallets.ask(BOB, new CancelRequest.Request(id));

    ended(id, MoneyRequest.State.CANCELLED, "request-cancelled");
  }

  @Test
  void cancel_byTheOperator_endsIt() {
    DocumentId id = wallets.bobAsks(700);

    wallets.ask(OLGA, new CancelRequest.Request(id));

    ended(id, MoneyRequest.State.CANCELLED, "request-cancelled");
  }

  @Test
  void pay_paidBefore_isRefusedAndPaysOnce() {
    DocumentId id = wallets.bobAsks(700);
    wallets.ask(ALICE, new PayRequest.Request(id, alice));

    refused("request-paid", () -> wallets.ask(ALICE, new PayRequest.Request(id, alice)));
    refused("request-paid", () -> wallets.ask(ALICE, new DeclineRequest.Request(id, alice)));
    refused("request-paid", () -> wallets.ask(BOB, new CancelRequest.Request(id)));
    assertThat(wallets.balance(bob)).isEqualTo(1_200);
  }

  @Test
  void due_expired_endsIt() {
    DocumentId id = wallets.bobAsks(700);
    Instant expires = wallets.ledger.now().plus(Duration.ofDays(7));

    wallets.ledger.advanceTo(expires.minusNanos(1));
    wallets.ledger.due(wallets.scenario);
    assertThat(wallets.state(id)).isEqualTo(MoneyRequest.State.OPEN);

    wallets.ledger.advanceTo(expires);
    refused("request-expired", () -> wallets.ask(ALICE, new PayRequest.Request(id, alice)));
    wallets.ledger.due(wallets.scenario);
    ended(id, MoneyRequest.State.EXPIRED, "request-expired");
  }

  /** Another owner of the shard looked at it before it was paid, and comes with that afterwards. */
  @ParameterizedTest
  @EnumSource(
      value = MoneyRequest.State.class,
      names = {"PAID", "DECLINED", "CANCELLED"})
  void expire_decidedMeanwhile_changesNothing(MoneyRequest.State state) {
    DocumentId id = wallets.bobAsks(700);
    switch (state) {
      case PAID -> wallets.ask(ALICE, new PayRequest.Request(id, alice));
      case DECLINED -> wallets.ask(ALICE, new DeclineRequest.Request(id, alice));
      default -> wallets.ask(BOB, new CancelRequest.Request(id));
    }
    Document<MoneyRequest> before = wallets.ledger.document(MoneyRequest.KIND, id);

    wallets.ask(io.holdfast.payment.ledger.Caller.SYSTEM, new ExpireRequest.Request(id));

    assertThat(wallets.ledger.document(MoneyRequest.KIND, id)).isEqualTo(before);
  }

  @Test
  void expire_askedByAClient_isForbidden() {
    DocumentId id = wallets.bobAsks(700);

    refused("forbidden", () -> wallets.ask(OLGA, new ExpireRequest.Request(id)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"request_000_00000000000000000000000000", "other_000_0000000000000000000000000v"})
  void pay_unknownRequest_isRefused(String id) {
    refused("not-found", () -> wallets.ask(OLGA, new CancelRequest.Request(new DocumentId(id))));
  }

  private void ended(DocumentId id, MoneyRequest.State state, String code) {
    assertThat(wallets.state(id)).isEqualTo(state);
    assertThat(wallets.ledger.document(MoneyRequest.KIND, id).due()).isEmpty();
    refused(code, () -> wallets.ask(ALICE, new PayRequest.Request(id, alice)));
    refused(code, () -> wallets.ask(ALICE, new DeclineRequest.Request(id, alice)));
    refused(code, () -> wallets.ask(BOB, new CancelRequest.Request(id)));
    assertThat(wallets.balance(alice)).isEqualTo(10_000);
    assertThat(wallets.balance(bob)).isEqualTo(500);
  }
}
