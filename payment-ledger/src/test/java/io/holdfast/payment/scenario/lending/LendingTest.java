package io.holdfast.payment.scenario.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Submission;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From the application to the last instalment that is collected. */
final class LendingTest {

  private final LoanBooks books = new LoanBooks();

  @Test
  void apply_thenApproveAndDisburse_paysTheLoanOut() {
    DocumentId id = books.apply(RepaymentKind.ANNUITY);
    assertThat(books.loan(id).state()).isEqualTo(Loan.State.APPLIED);
    books.ledger.run(LoanBooks.OPERATOR, new ApproveLoan(), LoanBooks.approval(id, 120_000, 1200));
    assertThat(books.ledger.account(books.account).posted()).isZero();
    books.ledger.run(LoanBooks.OPERATOR, new DisburseLoan(), new DisburseLoan.Request(id));

    assertThat(books.ledger.account(books.account).posted()).isEqualTo(120_000);
    assertThat(books.ledger.system(LendingScenario.LOANS, "EUR")).isEqualTo(-120_000);
    assertThat(books.loan(id).state()).isEqualTo(Loan.State.ACTIVE);
    assertThat(books.document(id).due()).contains(Instant.parse("2026-02-28T00:00:00Z"));
    assertThat(books.loan(id).instalments().get(0).total()).isEqualTo(LoanBooks.INSTALMENT);
    assertThat(books.types()).containsExactly("loan.approved", "loan.disbursed");
  }

  @Test
  void loan_throughJson_isTheSame() {
    DocumentId id = books.disbursed();

    assertThat(Json.read(Json.write(books.loan(id)), Loan.class)).isEqualTo(books.loan(id));
  }

  @Test
  void approve_ofMoreOrDearerThanApplied_isRefused() {
    DocumentId id = books.apply(RepaymentKind.ANNUITY);

    books.refused("worse-than-applied", new ApproveLoan(), LoanBooks.approval(id, 120_001, 1200));
    books.refused("worse-than-applied", new ApproveLoan(), LoanBooks.approval(id, 120_000, 1201));
    books.ledger.run(LoanBooks.OPERATOR, new ApproveLoan(), LoanBooks.approval(id, 100_000, 900));
    assertThat(books.loan(id).terms().amount().minorUnits()).isEqualTo(100_000);
    books.refused("loan-state", new ApproveLoan(), LoanBooks.approval(id, 100_000, 900));
  }

  @Test
  void decline_beforePayout_endsIt() {
    DocumentId id = books.apply(RepaymentKind.ANNUITY);
    books.ledger.run(LoanBooks.OPERATOR, new ApproveLoan(), LoanBooks.approval(id, 120_000, 1200));
    books.ledger.run(
        LoanBooks.OPERATOR, new DeclineLoan(), new DeclineLoan.Request(id, "no income"));

    assertThat(books.loan(id).state()).isEqualTo(Loan.State.DECLINED);
    books.refused("loan-state", new DisburseLoan(), new DisburseLoan.Request(id));
  }

  @Test
  void apply_forAnotherOnesAccountOrInAnotherCurrency_isRefused() {
    books.refused(
        "unknown-account",
        LoanBooks.MALLORY,
        new ApplyForLoan(),
        books.application("EUR", 120_000, 6));
    books.refused(
        "currency-mismatch",
        LoanBooks.BOB,
        new ApplyForLoan(),
        books.application("USD", 120_000, 6));
    assertThatThrownBy(() -> books.application("EUR", 120_000, 361))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void apply_forSoLittleThatNothingIsRepaidBeforeTheEnd_isRefused() {
    books.refused(
        "not-repayable-so",
        LoanBooks.BOB,
        new ApplyForLoan(),
        books.application("EUR", 14_048, 360));
  }

  @Test
  void due_onItsDay_isCollectedOnceHoweverOftenItIsAskedFor() {
    DocumentId id = books.disbursed();
    Document<Loan> before = books.document(id);
    books.on("2026-02-27T23:59:59Z");
    assertThat(books.loan(id).booked().principalPaid()).isZero();
    books.on("2026-02-28T00:00:00Z");
    books.ledger.due(books.scenario);
    books.ledger.run(Caller.SYSTEM, new CollectInstalment(), LoanBooks.collection(before));

    assertThat(books.ledger.account(books.account).posted())
        .isEqualTo(120_000 - LoanBooks.INSTALMENT);
    assertThat(books.ledger.system(LendingScenario.INTEREST, "EUR")).isEqualTo(1_200);
    assertThat(books.ledger.system(LendingScenario.LOANS, "EUR")).isEqualTo(-120_000 + 19_506);
    assertThat(books.loan(id).booked().outstanding()).isEqualTo(120_000 - 19_506);
    assertThat(books.document(id).due()).contains(Instant.parse("2026-03-31T00:00:00Z"));
  }

  @Test
  void due_ofTheSameState_isAskedForUnderTheSameKey() {
    DocumentId id = books.disbursed();
    Submission<?> first = books.submission(id);

    assertThat(books.submission(id)).isEqualTo(first);
    assertThat(first.key().value()).isEqualTo(id + ":1:2026-02-28");
    books.spend(110_000);
    books.on("2026-02-28T00:00:00Z");
    assertThat(books.submission(id).key().value()).isEqualTo(id + ":1:2026-03-01");
  }

  @Test
  void due_byAClockThatIsSetBackMeanwhile_isCollectedAllTheSame() {
    DocumentId id = books.disbursed();
    books.ledger.advanceTo(Instant.parse("2026-02-27T23:59:59Z"));
    books.ledger.run(
        Caller.SYSTEM, new CollectInstalment(), LoanBooks.collection(books.document(id)));

    assertThat(books.loan(id).booked().interestPaid()).isEqualTo(1_200);
    assertThat(books.document(id).due()).contains(Instant.parse("2026-03-31T00:00:00Z"));
  }

  @Test
  void repay_ofACentOnTheDueDay_doesNotPutTheCollectionOff() {
    DocumentId id = books.disbursed();
    books.ledger.advanceTo(Instant.parse("2026-02-28T00:00:00Z"));
    books.repay(id, 1);
    assertThat(books.document(id).due()).contains(Instant.parse("2026-02-28T00:00:00Z"));
    books.ledger.due(books.scenario);

    assertThat(books.loan(id).booked().interestPaid()).isEqualTo(1_200);
  }

  @Test
  void due_untilTheEnd_closesTheLoanAtExactlyZero() {
    DocumentId id = books.disbursed();
    books.fund(10_000);
    for (int number = 1; number <= 6; number++) {
      assertThat(books.loan(id).firstOpen().orElseThrow().number()).isEqualTo(number);
      books.ledger.advanceTo(books.document(id).due().orElseThrow());
      books.ledger.due(books.scenario);
    }

    assertThat(books.loan(id).state()).isEqualTo(Loan.State.CLOSED);
    assertThat(books.document(id).due()).isEmpty();
    assertThat(books.ledger.system(LendingScenario.LOANS, "EUR")).isZero();
    assertThat(books.ledger.system(LendingScenario.INTEREST, "EUR"))
        .isEqualTo(books.loan(id).booked().interestPaid())
        .isEqualTo(130_000 - 120_000 - books.ledger.account(books.account).posted());
    assertThat(books.types()).endsWith("loan.repaid", "loan.closed");
  }

  @Test
  void due_withTooLittleThere_takesThatAndTriesDaily() {
    DocumentId id = books.disbursed();
    books.spend(119_000);
    books.on("2026-02-28T06:00:00Z");

    assertThat(books.ledger.account(books.account).posted()).isZero();
    assertThat(books.ledger.system(LendingScenario.INTEREST, "EUR")).isEqualTo(1_000);
    assertThat(books.loan(id).booked().outstanding()).isEqualTo(120_000);
    assertThat(books.document(id).due()).contains(Instant.parse("2026-03-01T00:00:00Z"));
    assertThat(books.types()).endsWith("loan.repaid", "loan.overdue");
    books.giveBack(50_000);
    books.on("2026-03-01T00:00:00Z");
    assertThat(books.ledger.account(books.account).posted())
        .isEqualTo(50_000 - (LoanBooks.INSTALMENT - 1_000));
    assertThat(books.document(id).due()).contains(Instant.parse("2026-03-31T00:00:00Z"));
  }

  @Test
  void lateFee_afterTheDaysOfGrace_isChargedOnceForAnInstalment() {
    DocumentId id = books.disbursed();
    books.spend(120_000);
    for (String day : List.of("2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03")) {
      books.on(day + "T00:00:00Z");
    }
    assertThat(books.loan(id).instalments().get(0).lateFee()).isZero(); // three days of grace
    for (String day : List.of("2026-03-04", "2026-03-05", "2026-03-06")) {
      books.on(day + "T00:00:00Z");
    }

    assertThat(books.loan(id).instalments().get(0).lateFee()).isEqualTo(500);
    assertThat(Repayment.due(books.loan(id), LocalDate.parse("2026-03-06")))
        .isEqualTo(LoanBooks.INSTALMENT + 500);
    assertThat(books.ledger.system(LendingScenario.LATE_FEES, "EUR"))
        .isZero(); // income when it is paid
    assertThat(books.types()).containsOnlyOnce("loan.overdue");
  }

  @Test
  void lateFee_whenTheClusterWasLate_isNotCharged() {
    DocumentId id = books.disbursed();
    books.on("2026-04-10T00:00:00Z");

    assertThat(books.ledger.account(books.account).posted())
        .isEqualTo(120_000 - 2 * LoanBooks.INSTALMENT);
    assertThat(books.loan(id).instalments()).allMatch(each -> each.lateFee() == 0);
  }

  @Test
  void due_withTheAccountFrozen_isOverdueAndNotRefused() {
    DocumentId id = books.disbursed();
    books.ledger.freeze(books.account);
    books.on("2026-02-28T00:00:00Z");

    assertThat(books.ledger.account(books.account).posted()).isEqualTo(120_000);
    assertThat(books.document(id).due()).contains(Instant.parse("2026-03-01T00:00:00Z"));
  }
}
