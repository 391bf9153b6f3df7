package io.holdfast.payment.scenario.topup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Event;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.MemoryLedger;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.RefusedException;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.scenario.topup.acquirer.Charge;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TopUpTest {

  private static final Money TEN = Money.of(1000, "EUR");
  private static final Caller ANN = Caller.of("ann", Role.CUSTOMER);
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);

  private final FakeAcquirer acquirer = new FakeAcquirer();
  private final MemoryLedger ledger = new MemoryLedger();
  private final TopUpScenario scenario =
      new TopUpScenario(acquirer, Duration.ofHours(1), ledger::now);
  private final AccountId account = ledger.wallet("ann", 0, "EUR");

  private final AccountId cash = ledger.wallet("cash", 10_000, "EUR");

  private void status(AccountStatus status) {
    ledger.run(OPERATOR, new SetStatus(), new SetStatus.Request(account, status));
  }

  private void pay(AccountId from, AccountId to, long amount) {
    ledger.run(OPERATOR, new Transfer(), new Transfer.Request(from, to, amount, "EUR"));
  }

  private DocumentId start() {
    TopUpReceipt receipt =
        (TopUpReceipt)
            ledger
                .run(ANN, new StartTopUp(), new StartTopUp.Request(account, 1000, "EUR", "tok_a"))
                .orElseThrow();
    assertThat(receipt.state()).isEqualTo(TopUp.State.PROCESSING);
    return receipt.id();
  }

  /** Started, and approved at once. */
  private DocumentId succeeded() {
    DocumentId id = start();
    acquirer.then(FakeAcquirer.approved(TEN));
    ledger.due(scenario);
    return id;
  }

  private Document<TopUp> document(DocumentId id) {
    return ledger.document(TopUp.KIND, id);
  }

  private TopUp.State state(DocumentId id) {
    return document(id).body().state();
  }

  private long balance() {
    return ledger.account(account).posted();
  }

  /** Time passes until the top-up is due, and what is to be done then is done. */
  private void next(DocumentId id) {
    ledger.advanceTo(document(id).due().orElseThrow());
    ledger.due(scenario);
  }

  @Test
  void due_approved_creditsTheAccount() {
    DocumentId id = start();
    assertThat(balance()).isZero();
    acquirer.then(FakeAcquirer.approved(TEN));

    ledger.due(scenario);

    assertThat(acquirer.asked()).containsExactly("charge " + id + " 1000 tok_a");
    assertThat(state(id)).isEqualTo(TopUp.State.SUCCEEDED);
    assertThat(document(id).due()).isEmpty();
    assertThat(balance()).isEqualTo(1000);
    assertThat(ledger.system(TopUp.ACQUIRER, "EUR")).isEqualTo(-1000);
    assertThat(ledger.events()).extracting(Event::type).containsExactly("topup.succeeded");
    assertThat(Json.read(Json.write(document(id).body()), TopUp.class))
        .isEqualTo(document(id).body());
  }

  @Test
  void due_declined_creditsNothing() {
    DocumentId id = start();
    acquirer.then(new Charge.Declined("do-not-honor"));

    ledger.due(scenario);

    assertThat(state(id)).isEqualTo(TopUp.State.DECLINED);
    assertThat(document(id).body().declineCode()).contains("do-not-honor");
    assertThat(document(id).due()).isEmpty();
    assertThat(balance()).isZero();
  }

  @Test
  void due_unknown_asksForTheStatusLater_lateSuccessCountsOnce() {
    DocumentId id = start();
    acquirer.then(FakeAcquirer.unknown());
    ledger.due(scenario);
    assertThat(state(id)).isEqualTo(TopUp.State.PROCESSING);
    ledger.due(scenario);
    assertThat(acquirer.asked()).hasSize(1);

    acquirer.then(FakeAcquirer.unknown());
    next(id);
    assertThat(state(id)).isEqualTo(TopUp.State.PROCESSING);
    Document<TopUp> asked = document(id);
    acquirer.then(FakeAcquirer.approved(TEN));
    next(id);
    assertThat(balance()).isEqualTo(1000);
    assertThat(acquirer.asked())
        .containsExactly("charge " + id + " 1000 tok_a", "status " + id, "status " + id);

    SucceedTopUp.Request again =
        new SucceedTopUp.Request(id, account, "ch_1", FakeAcquirer.AT, Optional.empty());
    ledger.run(Caller.SYSTEM, new SucceedTopUp(), again);
    ledger.run(Caller.SYSTEM, new DeclineTopUp(), new DeclineTopUp.Request(id, "late"));
    ledger.run(
        Caller.SYSTEM, new PostponeTopUp(), new PostponeTopUp.Request(id, asked.body().attempts()));
    assertThat(balance()).isEqualTo(1000);
    assertThat(state(id)).isEqualTo(TopUp.State.SUCCEEDED);
    assertThat(document(id).due()).isEmpty();
  }

  @Test
  void due_acquirerKnowsNothing_chargesAgainUnderTheSameReference() {
    DocumentId id = start();
    acquirer.then(FakeAcquirer.unknown());
    ledger.due(scenario);
    acquirer.thenKnowsNothing();
    acquirer.then(FakeAcquirer.approved(TEN));
    next(id);

    String charge = "charge " + id + " 1000 tok_a";
    assertThat(acquirer.asked()).containsExactly(charge, "status " + id, charge);
    assertThat(balance()).isEqualTo(1000);
  }

  /** Time passes, and the top-up is due then. */
  private void after(Duration time, DocumentId id) {
    ledger.advanceTo(ledger.now().plus(time));
    ledger.run(OPERATOR, new CheckTopUp(), new CheckTopUp.Request(id));
    ledger.due(scenario);
  }

  /** By then nobody expects a card to be charged. */
  @Test
  void due_acquirerNeverHadIt_isGivenUpInTheEndWithoutMoney() {
    DocumentId id = start();
    acquirer.then(FakeAcquirer.unknown());
    ledger.due(scenario);
    String charge = "charge " + id + " 1000 tok_a";
    String status = "status " + id;
    acquirer.thenKnowsNothing();
    acquirer.then(FakeAcquirer.unknown());
    after(Duration.ofMinutes(59), id);
    assertThat(acquirer.asked()).containsExactly(charge, status, charge);

    acquirer.thenKnowsNothing();
    after(Duration.ofMinutes(2), id);
    assertThat(acquirer.asked()).containsExactly(charge, status, charge, status);
    assertThat(state(id)).as("a call may be under way").isEqualTo(TopUp.State.PROCESSING);

    acquirer.thenKnowsNothing();
    after(Duration.ofMinutes(10), id);
    assertThat(state(id)).isEqualTo(TopUp.State.EXPIRED);
    assertThat(document(id).due()).isEmpty();
    assertThat(balance()).isZero();
    assertThat(ledger.system(TopUp.ACQUIRER, "EUR")).isZero();
    assertThat(ledger.events()).extracting(Event::type).containsExactly("topup.expired");
  }

  @Test
  void due_acquirerDoesNotAnswer_isNeverGivenUp() {
    DocumentId id = start();
    acquirer.then(FakeAcquirer.unknown());
    ledger.due(scenario);
    acquirer.then(FakeAcquirer.unknown());
    after(Duration.ofHours(5), id);

    assertThat(state(id)).isEqualTo(TopUp.State.PROCESSING);
    assertThat(document(id).due()).isPresent();
    acquirer.then(FakeAcquirer.approved(TEN));
    next(id);
    assertThat(balance()).isEqualTo(1000);
  }

  @Test
  void check_givenUpAndChargedAllTheSame_isBooked() {
    DocumentId id = start();
    acquirer.thenKnowsNothing();
    after(Duration.ofHours(2), id);
    assertThat(acquirer.asked()).containsExactly("status " + id);
    assertThat(state(id)).isEqualTo(TopUp.State.EXPIRED);

    acquirer.then(FakeAcquirer.approved(TEN));
    ledger.run(OPERATOR, new CheckTopUp(), new CheckTopUp.Request(id));
    ledger.due(scenario);

    assertThat(state(id)).isEqualTo(TopUp.State.SUCCEEDED);
    assertThat(balance()).isEqualTo(1000);
  }

  @Test
  void due_anotherAmountOrAFault_booksNothing() {
    DocumentId id = start();
    acquirer.then(FakeAcquirer.approved(Money.of(1001, "EUR")));
    ledger.due(scenario);
    acquirer.then(FakeAcquirer.approved(Money.of(1000, "USD")));
    next(id);
    acquirer.thenKnowsNothing();
    acquirer.breaks();
    next(id);

    assertThat(state(id)).isEqualTo(TopUp.State.PROCESSING);
    assertThat(document(id).body().attempts()).isEqualTo(3);
    assertThat(balance()).isZero();
  }

  @Test
  void postpone_attempts_waitLongerUpToFiveMinutesAndNotAllTheSame() {
    DocumentId one = new DocumentId("topup_001_00000000000000000000000001");
    DocumentId other = new DocumentId("topup_001_00000000000000000000000002");

    assertThat(PostponeTopUp.delay(one, 0))
        .isBetween(Duration.ofMillis(1500), Duration.ofMillis(2500));
    assertThat(PostponeTopUp.delay(one, 3))
        .isBetween(Duration.ofSeconds(12), Duration.ofSeconds(20));
    assertThat(PostponeTopUp.delay(one, 1_000_000))
        .isBetween(Duration.ofSeconds(225), Duration.ofSeconds(375));
    assertThat(PostponeTopUp.delay(one, 5)).isNotEqualTo(PostponeTopUp.delay(other, 5));
  }

  @Test
  void due_accountClosedMeanwhile_moneyLiesUnclaimed() {
    DocumentId id = start();
    status(AccountStatus.CLOSED);
    acquirer.then(FakeAcquirer.approved(TEN));

    ledger.due(scenario);

    assertThat(state(id)).isEqualTo(TopUp.State.SUCCEEDED);
    assertThat(document(id).body().unclaimed()).isTrue();
    assertThat(ledger.system(TopUp.UNCLAIMED, "EUR")).isEqualTo(1000);

    ledger.run(OPERATOR, new CheckTopUp(), new CheckTopUp.Request(id));
    acquirer.then(FakeAcquirer.chargedBack(TEN, TEN));
    ledger.due(scenario);
    assertThat(state(id)).isEqualTo(TopUp.State.CHARGED_BACK);
    assertThat(ledger.system(TopUp.UNCLAIMED, "EUR")).isZero();
    assertThat(ledger.system(TopUp.ACQUIRER, "EUR")).isZero();
  }

  @Test
  void check_declinedButCharged_isBooked() {
    DocumentId id = start();
    acquirer.then(new Charge.Declined("do-not-honor"));
    ledger.due(scenario);

    ledger.run(OPERATOR, new CheckTopUp(), new CheckTopUp.Request(id));
    acquirer.then(FakeAcquirer.approved(TEN));
    ledger.due(scenario);

    assertThat(state(id)).isEqualTo(TopUp.State.SUCCEEDED);
    assertThat(balance()).isEqualTo(1000);
  }

  @Test
  void check_nothingNew_asksSomeTimesMoreAndStops() {
    DocumentId id = succeeded();
    for (int round = 0; round < 2; round++) {
      int before = acquirer.asked().size();
      ledger.run(OPERATOR, new CheckTopUp(), new CheckTopUp.Request(id));
      while (document(id).due().isPresent()) {
        acquirer.then(FakeAcquirer.approved(TEN));
        next(id);
      }
      assertThat(acquirer.asked()).hasSize(before + CheckTopUp.CHECKS);
    }
    assertThat(balance()).isEqualTo(1000);
  }

  @Test
  void chargeback_accountHasIt_takesItBackOnce() {
    DocumentId id = succeeded();
    ledger.run(Caller.SYSTEM, new CheckTopUp(), new CheckTopUp.Request(id));
    acquirer.then(FakeAcquirer.chargedBack(TEN, Money.of(400, "EUR")));
    ledger.due(scenario);

    assertThat(state(id)).isEqualTo(TopUp.State.CHARGED_BACK);
    assertThat(balance()).isEqualTo(600);
    assertThat(ledger.system(TopUp.ACQUIRER, "EUR")).isEqualTo(-600);
    assertThat(document(id).due()).isEmpty();
    ledger.run(
        Caller.SYSTEM,
        new ChargeBackTopUp(),
        new ChargeBackTopUp.Request(id, account, "cb_1", 400, "EUR", FakeAcquirer.AT, true));
    assertThat(balance()).isEqualTo(600);
    assertThat(ledger.events())
        .extracting(Event::type)
        .containsExactly("topup.succeeded", "topup.charged-back");
  }

  @Test
  void chargeback_inParts_eachIsTakenOnceAndNeverMoreThanWasCharged() {
    DocumentId id = succeeded();
    Money first = Money.of(400, "EUR");
    Money second = Money.of(250, "EUR");
    check(id, FakeAcquirer.chargedBack(TEN, first));
    assertThat(balance()).isEqualTo(600);
    check(id, FakeAcquirer.chargedBack(TEN, first, second, second));
    assertThat(balance()).isEqualTo(350);
    acquirer.then(FakeAcquirer.chargedBack(TEN, first, second, second));
    ledger.due(scenario);
    assertThat(balance()).isEqualTo(100);
    assertThat(document(id).body().chargebacks()).hasSize(3);
    assertThat(document(id).due()).isEmpty();
    assertThat(ledger.system(TopUp.ACQUIRER, "EUR")).isEqualTo(-100);

    check(id, FakeAcquirer.chargedBack(TEN, first, second, second, Money.of(101, "EUR")));
    assertThat(balance()).isEqualTo(100);
    assertThat(document(id).body().chargebacks())
        .filteredOn(each -> each.refused().isEmpty())
        .hasSize(3);
  }

  /** What the acquirer had wrong once must not keep what comes after it from the books. */
  @Test
  void chargeback_thatDoesNotFit_isKeptAndTheNextIsBooked() {
    DocumentId id = succeeded();
    Money tooMuch = Money.of(1001, "EUR");
    check(id, FakeAcquirer.chargedBack(TEN, tooMuch));
    assertThat(document(id).body().chargebacks())
        .singleElement()
        .satisfies(
            each ->
                assertThat(each.refused())
                    .hasValueSatisfying(why -> assertThat(why).contains("more than the 1000")));
    assertThat(document(id).due()).isEmpty();

    check(
        id,
        FakeAcquirer.chargedBack(
            TEN, tooMuch, Money.of(5, "USD"), Money.of(0, "EUR"), Money.of(400, "EUR")));
    for (int each = 0; each < 2; each++) {
      acquirer.then(
          FakeAcquirer.chargedBack(
              TEN, tooMuch, Money.of(5, "USD"), Money.of(0, "EUR"), Money.of(400, "EUR")));
      ledger.due(scenario);
    }

    assertThat(balance()).isEqualTo(600);
    assertThat(state(id)).isEqualTo(TopUp.State.CHARGED_BACK);
    assertThat(document(id).body().chargebacks())
        .extracting(each -> each.refused().isPresent())
        .containsExactly(true, true, true, false);
    assertThat(document(id).due()).isEmpty();
    assertThat(Json.read(Json.write(document(id).body()), TopUp.class))
        .isEqualTo(document(id).body());
  }

  /** A document of before there were reversals. */
  @Test
  void chargeback_asItWasKeptBefore_isRead() {
    DocumentId id = succeeded();
    check(id, FakeAcquirer.chargedBack(TEN, TEN));
    String now = Json.write(document(id).body());
    String before = now.replace(",\"refused\":null,\"reversal\":null", "");

    assertThat(before).isNotEqualTo(now);
    assertThat(Json.read(before, TopUp.class)).isEqualTo(document(id).body());
  }

  @Test
  void reversal_givesBackOnce_andMoreCanBeTakenAgain() {
    DocumentId id = succeeded();
    check(id, FakeAcquirer.chargedBack(TEN, TEN));
    assertThat(balance()).isZero();

    check(id, FakeAcquirer.reversed(TEN, TEN, TEN));
    assertThat(balance()).isEqualTo(1000);
    assertThat(state(id)).isEqualTo(TopUp.State.CHARGEBACK_REVERSED);
    assertThat(ledger.system(TopUp.ACQUIRER, "EUR")).isEqualTo(-1000);
    assertThat(document(id).due()).isEmpty();
    ledger.run(
        Caller.SYSTEM,
        new ReverseChargeback(),
        new ReverseChargeback.Request(
            id, account, "cb_1", "rv_1", 1000, "EUR", FakeAcquirer.AT, true));
    assertThat(balance()).isEqualTo(1000);

    check(id, FakeAcquirer.reversed(TEN, TEN, TEN, Money.of(300, "EUR")));
    assertThat(balance()).isEqualTo(700);
    assertThat(state(id)).isEqualTo(TopUp.State.CHARGED_BACK);
    assertThat(ledger.events())
        .extracting(Event::type)
        .containsExactly(
            "topup.succeeded",
            "topup.charged-back",
            "topup.chargeback-reversed",
            "topup.charged-back");
  }

  @Test
  void reversal_inPart_isChargedBackStill() {
    DocumentId id = succeeded();
    check(id, FakeAcquirer.chargedBack(TEN, TEN));
    check(id, FakeAcquirer.reversed(TEN, Money.of(400, "EUR"), TEN));

    assertThat(balance()).isEqualTo(400);
    assertThat(state(id)).isEqualTo(TopUp.State.CHARGED_BACK);
    assertThat(document(id).body().left()).isEqualTo(400);
  }

  @Test
  void reversal_knownWithItsChargeback_bothAreBooked() {
    DocumentId id = succeeded();
    check(id, FakeAcquirer.reversed(TEN, TEN, TEN));
    assertThat(balance()).isZero();
    acquirer.then(FakeAcquirer.reversed(TEN, TEN, TEN));
    ledger.due(scenario);

    assertThat(balance()).isEqualTo(1000);
    assertThat(document(id).due()).isEmpty();
  }

  /** The customer who still owes it is forgiven first. */
  @Test
  void reversal_whileSomeIsOwed_isSetOffAgainstThat() {
    DocumentId id = succeeded();
    pay(account, cash, 700);
    check(id, FakeAcquirer.chargedBack(TEN, TEN));
    assertThat(document(id).body().owed()).isEqualTo(700);
    acquirer.then(FakeAcquirer.reversed(TEN, Money.of(900, "EUR"), TEN));
    ledger.run(Caller.SYSTEM, new CheckTopUp(), new CheckTopUp.Request(id));
    ledger.due(scenario);

    assertThat(document(id).body().owed()).isZero();
    assertThat(ledger.system(TopUp.RECEIVABLE, "EUR")).isZero();
    assertThat(balance()).isEqualTo(200);
    assertThat(ledger.system(TopUp.ACQUIRER, "EUR")).isEqualTo(-900);
    assertThat(document(id).due()).isEmpty();
  }

  @Test
  void reversal_accountClosed_liesUnclaimed() {
    DocumentId id = succeeded();
    check(id, FakeAcquirer.chargedBack(TEN, TEN));
    status(AccountStatus.CLOSED);
    check(id, FakeAcquirer.reversed(TEN, TEN, TEN));

    assertThat(balance()).isZero();
    assertThat(ledger.system(TopUp.UNCLAIMED, "EUR")).isEqualTo(1000);
    assertThat(state(id)).isEqualTo(TopUp.State.CHARGEBACK_REVERSED);
  }

  @Test
  void reversal_ofMoreThanItsChargeback_isKeptAndTheNextIsBooked() {
    DocumentId id = succeeded();
    Money four = Money.of(400, "EUR");
    check(id, FakeAcquirer.chargedBack(TEN, four));
    check(id, FakeAcquirer.reversed(TEN, Money.of(401, "EUR"), four));
    assertThat(balance()).isEqualTo(600);
    assertThat(document(id).body().chargebacks().get(0).reversal().orElseThrow().refused())
        .isPresent();
    assertThat(document(id).due()).isEmpty();

    check(id, FakeAcquirer.reversed(TEN, Money.of(401, "EUR"), four, four));
    assertThat(balance()).isEqualTo(200);
  }

  @Test
  void chargeback_moreWhileSomeIsOwed_bothAreCollected() {
    DocumentId id = succeeded();
    pay(account, cash, 1000);
    Money first = Money.of(400, "EUR");
    check(id, FakeAcquirer.chargedBack(TEN, first));
    assertThat(document(id).body().owed()).isEqualTo(400);
    check(id, FakeAcquirer.chargedBack(TEN, first, Money.of(600, "EUR")));
    assertThat(document(id).body().owed()).isEqualTo(1000);
    pay(cash, account, 500);
    next(id);
    assertThat(document(id).body().chargebacks())
        .extracting(each -> each.owed().minorUnits())
        .containsExactly(0L, 500L);
    pay(cash, account, 500);
    next(id);
    assertThat(ledger.system(TopUp.RECEIVABLE, "EUR")).isZero();
    assertThat(document(id).due()).isEmpty();
  }

  @Test
  void check_chargedBackInPartAndNothingNew_goesOnCollecting() {
    DocumentId id = succeeded();
    pay(account, cash, 1000);
    Charge taken = FakeAcquirer.chargedBack(TEN, Money.of(400, "EUR"));
    check(id, taken);
    ledger.run(OPERATOR, new CheckTopUp(), new CheckTopUp.Request(id));
    for (int asked = 0; asked < CheckTopUp.CHECKS; asked++) {
      acquirer.then(taken);
      next(id);
    }
    pay(cash, account, 500);
    next(id);
    assertThat(document(id).body().owed()).isZero();
    assertThat(balance()).isEqualTo(100);
  }

  private void check(DocumentId id, Charge answer) {
    ledger.run(Caller.SYSTEM, new CheckTopUp(), new CheckTopUp.Request(id));
    acquirer.then(answer);
    ledger.due(scenario);
  }

  @Test
  void chargeback_moneySpent_restIsOwedAndCollectedWhenMoneyComes() {
    DocumentId id = succeeded();
    pay(account, cash, 700);
    ledger.run(Caller.SYSTEM, new CheckTopUp(), new CheckTopUp.Request(id));
    acquirer.then(FakeAcquirer.chargedBack(TEN, TEN));
    ledger.due(scenario);

    assertThat(balance()).isZero();
    assertThat(ledger.system(TopUp.RECEIVABLE, "EUR")).isEqualTo(-700);
    assertThat(ledger.system(TopUp.ACQUIRER, "EUR")).isZero();

    next(id);
    assertThat(ledger.system(TopUp.RECEIVABLE, "EUR")).isEqualTo(-700);
    pay(cash, account, 500);
    next(id);
    assertThat(balance()).isZero();
    assertThat(document(id).body().owed()).isEqualTo(200);
    pay(cash, account, 500);
    next(id);
    assertThat(balance()).isEqualTo(300);
    assertThat(ledger.system(TopUp.RECEIVABLE, "EUR")).isZero();
    assertThat(document(id).due()).isEmpty();
  }

  @Test
  void chargeback_accountFrozen_allIsOwed() {
    DocumentId id = succeeded();
    status(AccountStatus.FROZEN);
    ledger.run(Caller.SYSTEM, new CheckTopUp(), new CheckTopUp.Request(id));
    acquirer.then(FakeAcquirer.chargedBack(TEN, TEN));
    ledger.due(scenario);

    assertThat(balance()).isEqualTo(1000);
    assertThat(ledger.system(TopUp.RECEIVABLE, "EUR")).isEqualTo(-1000);
    status(AccountStatus.OPEN);
    next(id);
    assertThat(balance()).isZero();
    assertThat(ledger.system(TopUp.RECEIVABLE, "EUR")).isZero();
  }

  @Test
  void chargeback_knownBeforeTheSuccess_bothAreBooked() {
    DocumentId id = start();
    acquirer.then(FakeAcquirer.chargedBack(TEN, TEN));
    ledger.due(scenario);
    assertThat(balance()).isEqualTo(1000);

    acquirer.then(FakeAcquirer.chargedBack(TEN, TEN));
    ledger.due(scenario);
    assertThat(state(id)).isEqualTo(TopUp.State.CHARGED_BACK);
    assertThat(balance()).isZero();
  }

  @Test
  void chargeback_moreThanCharged_booksNothing() {
    DocumentId id = succeeded();
    ledger.run(Caller.SYSTEM, new CheckTopUp(), new CheckTopUp.Request(id));
    acquirer.then(FakeAcquirer.chargedBack(TEN, Money.of(1001, "EUR")));
    ledger.due(scenario);

    assertThat(state(id)).isEqualTo(TopUp.State.SUCCEEDED);
    assertThat(balance()).isEqualTo(1000);
  }

  @Test
  void start_notTheOwnersOrNotFitting_refused() {
    AccountId other = ledger.open("other", AccountType.WALLET, "bob", 0, "EUR");
    refused("unknown-account", new StartTopUp.Request(other, 1, "EUR", "tok_a"));
    refused("currency-mismatch", new StartTopUp.Request(account, 1, "USD", "tok_a"));
    status(AccountStatus.FROZEN);
    refused("account-not-open", new StartTopUp.Request(account, 1, "EUR", "tok_a"));
  }

  private void refused(String code, StartTopUp.Request request) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> ledger.run(ANN, new StartTopUp(), request))
        .satisfies(refusal -> assertThat(refusal.refusal().code()).isEqualTo(code));
  }

  @Test
  void operations_ofTheClusterItself_areNotForClients() {
    assertThat(scenario.operations())
        .filteredOn(each -> each.roles().stream().anyMatch(role -> role != Role.SYSTEM))
        .extracting(Operation::type)
        .containsExactly("topup", "topup-check");
    DocumentId id = start();
    for (Caller caller : new Caller[] {ANN, OPERATOR}) {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(
              () ->
                  ledger.run(
                      caller,
                      new SucceedTopUp(),
                      new SucceedTopUp.Request(
                          id, account, "ch_1", FakeAcquirer.AT, Optional.empty())));
    }
  }
}
