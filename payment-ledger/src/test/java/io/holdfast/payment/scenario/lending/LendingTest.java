package io.holdfast.payment.scenario.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Event;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.MemoryLedger;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.RefusedException;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** 1 200.00 EUR at 12 %, six months from 31 January 2026, late fee 5.00 after three days. */
final class LendingTest {

  private static final Caller BOB = Caller.of("bob", Role.CUSTOMER);
  private static final Caller MALLORY = Caller.of("mallory", Role.CUSTOMER);
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final long INSTALMENT = 20_706; // 1200 · 0.01 / (1 − 1.01^−6)

  private final LendingScenario scenario = new LendingScenario();
  private final MemoryLedger ledger = new MemoryLedger();
  private AccountId account;
  private AccountId sink;

  @BeforeEach
  void accounts() {
    account = ledger.wallet("bob", 0, "EUR");
    sink = ledger.wallet("shop", 0, "EUR");
  }

  @Test
  void apply_thenApproveAndDisburse_paysTheLoanOut() {
    DocumentId id = apply(RepaymentKind.ANNUITY);
    assertThat(loan(id).state()).isEqualTo(Loan.State.APPLIED);
    ledger.run(OPERATOR, new ApproveLoan(), approval(id, 120_000, 1200));
    assertThat(ledger.account(account).posted()).isZero();
    ledger.run(OPERATOR, new DisburseLoan(), new DisburseLoan.Request(id));

    assertThat(ledger.account(account).posted()).isEqualTo(120_000);
    assertThat(ledger.system(LendingScenario.LOANS, "EUR")).isEqualTo(-120_000);
    assertThat(loan(id).state()).isEqualTo(Loan.State.ACTIVE);
    assertThat(document(id).due()).contains(Instant.parse("2026-02-28T00:00:00Z"));
    assertThat(loan(id).instalments().get(0).total()).isEqualTo(INSTALMENT);
    assertThat(types()).containsExactly("loan.approved", "loan.disbursed");
  }

  @Test
  void loan_throughJson_isTheSame() {
    DocumentId id = disbursed();

    assertThat(Json.read(Json.write(loan(id)), Loan.class)).isEqualTo(loan(id));
  }

  @Test
  void approve_ofMoreOrDearerThanApplied_isRefused() {
    DocumentId id = apply(RepaymentKind.ANNUITY);

    refused("worse-than-applied", new ApproveLoan(), approval(id, 120_001, 1200));
    refused("worse-than-applied", new ApproveLoan(), approval(id, 120_000, 1201));
    ledger.run(OPERATOR, new ApproveLoan(), approval(id, 100_000, 900));
    assertThat(loan(id).terms().amount().minorUnits()).isEqualTo(100_000);
    refused("loan-state", new ApproveLoan(), approval(id, 100_000, 900));
  }

  @Test
  void decline_beforePayout_endsIt() {
    DocumentId id = apply(RepaymentKind.ANNUITY);
    ledger.run(OPERATOR, new ApproveLoan(), approval(id, 120_000, 1200));
    ledger.run(OPERATOR, new DeclineLoan(), new DeclineLoan.Request(id, "no income"));

    assertThat(loan(id).state()).isEqualTo(Loan.State.DECLINED);
    refused("loan-state", new DisburseLoan(), new DisburseLoan.Request(id));
  }

  @Test
  void apply_forAnotherOnesAccountOrInAnotherCurrency_isRefused() {
    refused("unknown-account", MALLORY, new ApplyForLoan(), application("EUR", 120_000, 6));
    refused("currency-mismatch", BOB, new ApplyForLoan(), application("USD", 120_000, 6));
    assertThatThrownBy(() -> application("EUR", 120_000, 361))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void apply_forSoLittleThatNothingIsRepaidBeforeTheEnd_isRefused() {
    refused("not-repayable-so", BOB, new ApplyForLoan(), application("EUR", 14_048, 360));
  }

  @Test
  void repay_ofAnothersLoan_isNotFound() {
    DocumentId id = disbursed();

    refused("not-found", MALLORY, new RepayLoan(), new RepayLoan.Request(id, 100, "EUR"));
    refused("not-found", MALLORY, new PayOffLoan(), new PayOffLoan.Request(id));
  }

  @Test
  void due_onItsDay_isCollectedOnceHoweverOftenItIsAskedFor() {
    DocumentId id = disbursed();
    Document<Loan> before = document(id);
    on("2026-02-27T23:59:59Z");
    assertThat(loan(id).booked().principalPaid()).isZero();
    on("2026-02-28T00:00:00Z");
    ledger.due(scenario);
    ledger.run(Caller.SYSTEM, new CollectInstalment(), collection(before));

    assertThat(ledger.account(account).posted()).isEqualTo(120_000 - INSTALMENT);
    assertThat(ledger.system(LendingScenario.INTEREST, "EUR")).isEqualTo(1_200);
    assertThat(ledger.system(LendingScenario.LOANS, "EUR")).isEqualTo(-120_000 + 19_506);
    assertThat(loan(id).booked().outstanding()).isEqualTo(120_000 - 19_506);
    assertThat(document(id).due()).contains(Instant.parse("2026-03-31T00:00:00Z"));
  }

  @Test
  void due_ofTheSameState_isAskedForUnderTheSameKey() {
    DocumentId id = disbursed();
    Submission<?> first = submission(id);

    assertThat(submission(id)).isEqualTo(first);
    assertThat(first.key().value()).isEqualTo(id + ":1:2026-02-28");
    spend(110_000);
    on("2026-02-28T00:00:00Z");
    assertThat(submission(id).key().value()).isEqualTo(id + ":1:2026-03-01");
  }

  @Test
  void due_untilTheEnd_closesTheLoanAtExactlyZero() {
    DocumentId id = disbursed();
    fund(10_000);
    for (int number = 1; number <= 6; number++) {
      assertThat(loan(id).firstOpen().orElseThrow().number()).isEqualTo(number);
      ledger.advanceTo(document(id).due().orElseThrow());
      ledger.due(scenario);
    }

    assertThat(loan(id).state()).isEqualTo(Loan.State.CLOSED);
    assertThat(document(id).due()).isEmpty();
    assertThat(ledger.system(LendingScenario.LOANS, "EUR")).isZero();
    assertThat(ledger.system(LendingScenario.INTEREST, "EUR"))
        .isEqualTo(loan(id).booked().interestPaid())
        .isEqualTo(130_000 - 120_000 - ledger.account(account).posted());
    assertThat(types()).endsWith("loan.repaid", "loan.closed");
  }

  @Test
  void due_withTooLittleThere_takesThatAndTriesDaily() {
    DocumentId id = disbursed();
    spend(119_000);
    on("2026-02-28T06:00:00Z");

    assertThat(ledger.account(account).posted()).isZero();
    assertThat(ledger.system(LendingScenario.INTEREST, "EUR")).isEqualTo(1_000);
    assertThat(loan(id).booked().outstanding()).isEqualTo(120_000);
    assertThat(document(id).due()).contains(Instant.parse("2026-03-01T00:00:00Z"));
    assertThat(types()).endsWith("loan.repaid", "loan.overdue");
    giveBack(50_000);
    on("2026-03-01T00:00:00Z");
    assertThat(ledger.account(account).posted()).isEqualTo(50_000 - (INSTALMENT - 1_000));
    assertThat(document(id).due()).contains(Instant.parse("2026-03-31T00:00:00Z"));
  }

  @Test
  void lateFee_afterTheDaysOfGrace_isChargedOnceForAnInstalment() {
    DocumentId id = disbursed();
    spend(120_000);
    for (String day : List.of("2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03")) {
      on(day + "T00:00:00Z");
    }
    assertThat(loan(id).instalments().get(0).lateFee()).isZero(); // three days of grace
    for (String day : List.of("2026-03-04", "2026-03-05", "2026-03-06")) {
      on(day + "T00:00:00Z");
    }

    assertThat(loan(id).instalments().get(0).lateFee()).isEqualTo(500);
    assertThat(Repayment.due(loan(id), LocalDate.parse("2026-03-06"))).isEqualTo(INSTALMENT + 500);
    assertThat(ledger.system(LendingScenario.LATE_FEES, "EUR")).isZero(); // income when it is paid
  }

  @Test
  void lateFee_whenTheClusterWasLate_isNotCharged() {
    DocumentId id = disbursed();
    on("2026-04-10T00:00:00Z");

    assertThat(ledger.account(account).posted()).isEqualTo(120_000 - 2 * INSTALMENT);
    assertThat(loan(id).instalments()).allMatch(each -> each.lateFee() == 0);
  }

  @Test
  void due_withTheAccountFrozen_isOverdueAndNotRefused() {
    DocumentId id = disbursed();
    ledger.freeze(account);
    on("2026-02-28T00:00:00Z");

    assertThat(ledger.account(account).posted()).isEqualTo(120_000);
    assertThat(document(id).due()).contains(Instant.parse("2026-03-01T00:00:00Z"));
  }

  @Test
  void repay_isUsedForFeeThenInterestThenPrincipal() {
    DocumentId id = disbursed();
    spend(120_000);
    on("2026-02-28T00:00:00Z");
    on("2026-03-31T00:00:00Z"); // both are due, the first bears a fee
    giveBack(120_000);
    long secondInterest = loan(id).instalments().get(1).interest();

    assertThat(repay(id, 300)).isEqualTo(answer(id, 300, 0, 0, 120_000));
    assertThat(repay(id, 300)).isEqualTo(answer(id, 200, 100, 0, 120_000));
    assertThat(repay(id, 1_100 + secondInterest - 1))
        .isEqualTo(answer(id, 0, 1_100 + secondInterest - 1, 0, 120_000));
    assertThat(repay(id, 101)).isEqualTo(answer(id, 0, 1, 100, 119_900));
    assertThat(ledger.system(LendingScenario.LATE_FEES, "EUR")).isEqualTo(500);
  }

  @Test
  void repay_early_paysTheInterestToTheDayAndLowersTheRest() {
    DocumentId id = disbursed();
    on("2026-02-15T10:00:00Z"); // 15 days of 30: 600 of interest
    RepayLoan.Answer done = repay(id, 60_600);

    assertThat(done).isEqualTo(answer(id, 0, 600, 60_000, 60_000));
    List<Instalment> rows = loan(id).instalments();
    assertThat(rows).hasSize(6);
    assertThat(rows.get(0).interest()).isEqualTo(300); // the other 15 days, on half
    assertThat(rows.get(5).total()).isBetween(INSTALMENT / 2 - 100, INSTALMENT / 2);
    assertThat(rows.stream().mapToLong(Instalment::principal).sum()).isEqualTo(60_000);
    assertThat(document(id).due()).contains(Instant.parse("2026-02-28T00:00:00Z"));
  }

  @Test
  void repay_lessThanTheInterestToTheDay_isCreditedToTheNextInstalment() {
    DocumentId id = disbursed();
    on("2026-02-15T10:00:00Z");
    assertThat(repay(id, 250)).isEqualTo(answer(id, 0, 250, 0, 120_000));
    assertThat(repay(id, 400)).isEqualTo(answer(id, 0, 350, 50, 119_950));
    on("2026-02-28T00:00:00Z");

    assertThat(loan(id).booked().interestPaid()).isEqualTo(600 + 600); // 599.75 for the other half
  }

  @Test
  void payOff_takesTheInterestToTheDayAndClosesIt() {
    DocumentId id = disbursed();
    fund(10_000);
    on("2026-02-28T00:00:00Z");
    on("2026-03-10T00:00:00Z"); // 10 days on 1 004.94 at 12 %: 3.35
    refused("more-than-owed", BOB, new RepayLoan(), new RepayLoan.Request(id, 100_830, "EUR"));
    ledger.run(BOB, new PayOffLoan(), new PayOffLoan.Request(id));

    assertThat(loan(id).state()).isEqualTo(Loan.State.CLOSED);
    assertThat(loan(id).booked()).isEqualTo(new Booked(0, 120_000, 1_200 + 335, 0, 0));
    assertThat(ledger.system(LendingScenario.LOANS, "EUR")).isZero();
    assertThat(document(id).due()).isEmpty();
    refused("loan-state", BOB, new RepayLoan(), new RepayLoan.Request(id, 1, "EUR"));
  }

  @Test
  void payOff_withoutTheMoney_isRefusedAndChangesNothing() {
    DocumentId id = disbursed();
    spend(1);

    refused("insufficient-funds", BOB, new PayOffLoan(), new PayOffLoan.Request(id));
    assertThat(loan(id).state()).isEqualTo(Loan.State.ACTIVE);
  }

  @Test
  void writeOff_afterNinetyDays_bookThePrincipalAsALoss() {
    DocumentId id = disbursed();
    spend(120_000);
    on("2026-02-28T00:00:00Z");
    on("2026-05-28T00:00:00Z");
    WriteOffLoan.Request request = new WriteOffLoan.Request(id, "gone abroad");
    refused("not-overdue-enough", new WriteOffLoan(), request);
    ledger.advanceTo(Instant.parse("2026-05-29T00:00:00Z"));
    ledger.run(OPERATOR, new WriteOffLoan(), request);

    assertThat(new WriteOffLoan().needsTwoOperators()).isTrue();
    assertThat(loan(id).state()).isEqualTo(Loan.State.WRITTEN_OFF);
    assertThat(ledger.system(LendingScenario.LOANS, "EUR")).isZero();
    assertThat(ledger.system(LendingScenario.LOSSES, "EUR")).isEqualTo(-120_000);
    assertThat(ledger.system(LendingScenario.INTEREST, "EUR")).isZero();
    assertThat(document(id).due()).isEmpty();
  }

  private DocumentId disbursed() {
    DocumentId id = apply(RepaymentKind.ANNUITY);
    ledger.run(OPERATOR, new ApproveLoan(), approval(id, 120_000, 1200));
    ledger.run(OPERATOR, new DisburseLoan(), new DisburseLoan.Request(id));
    return id;
  }

  private DocumentId apply(RepaymentKind kind) {
    ApplyForLoan.Request request =
        new ApplyForLoan.Request(account, 120_000, "EUR", 1200, 6, kind, DayCount.THIRTY_360);
    return ((LoanAnswer) ledger.run(BOB, new ApplyForLoan(), request).orElseThrow()).loan();
  }

  private ApplyForLoan.Request application(String currency, long amount, int months) {
    return new ApplyForLoan.Request(
        account, amount, currency, 1200, months, RepaymentKind.ANNUITY, DayCount.THIRTY_360);
  }

  private static ApproveLoan.Request approval(DocumentId id, long amount, int rate) {
    return new ApproveLoan.Request(id, amount, "EUR", rate, 500, 3);
  }

  private static CollectInstalment.Request collection(Document<Loan> document) {
    return new CollectInstalment.Request(document.id(), document.account());
  }

  private Submission<?> submission(DocumentId id) {
    InstalmentCollection work = (InstalmentCollection) scenario.work().get(0);
    return work.due(document(id)).toCompletableFuture().join().orElseThrow();
  }

  private RepayLoan.Answer repay(DocumentId id, long amount) {
    RepayLoan.Request request = new RepayLoan.Request(id, amount, "EUR");
    return (RepayLoan.Answer) ledger.run(BOB, new RepayLoan(), request).orElseThrow();
  }

  private static RepayLoan.Answer answer(
      DocumentId id, long lateFee, long interest, long principal, long outstanding) {
    return new RepayLoan.Answer(
        id, Loan.State.ACTIVE, "EUR", lateFee, interest, principal, outstanding);
  }

  private void on(String time) {
    ledger.advanceTo(Instant.parse(time));
    ledger.due(scenario);
  }

  private void spend(long amount) {
    ledger.run(BOB, new Transfer(), new Transfer.Request(account, sink, amount, "EUR"));
  }

  private void giveBack(long amount) {
    ledger.run(OPERATOR, new Transfer(), new Transfer.Request(sink, account, amount, "EUR"));
  }

  private void fund(long amount) {
    AccountId rich = ledger.wallet("rich", amount, "EUR");
    ledger.run(OPERATOR, new Transfer(), new Transfer.Request(rich, account, amount, "EUR"));
  }

  private Document<Loan> document(DocumentId id) {
    return ledger.document(Loan.KIND, id);
  }

  private Loan loan(DocumentId id) {
    return document(id).body();
  }

  private List<String> types() {
    return ledger.events().stream().map(Event::type).toList();
  }

  private <R extends Record> void refused(String code, Operation<R> operation, R request) {
    refused(code, OPERATOR, operation, request);
  }

  private <R extends Record> void refused(
      String code, Caller caller, Operation<R> operation, R request) {
    ThrowingCallable asked = () -> ledger.run(caller, operation, request);
    assertThatThrownBy(asked)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal().code()).isEqualTo(code));
  }
}
