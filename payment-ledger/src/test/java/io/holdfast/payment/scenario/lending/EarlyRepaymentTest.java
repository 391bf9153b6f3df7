package io.holdfast.payment.scenario.lending;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.ledger.DocumentId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What borrowers repay by themselves, and what nobody repays. */
final class EarlyRepaymentTest {

  private final LoanBooks books = new LoanBooks();

  @Test
  void repay_ofAnothersLoan_isNotFound() {
    DocumentId id = books.disbursed();

    books.refused(
        "not-found", LoanBooks.MALLORY, new RepayLoan(), new RepayLoan.Request(id, 100, "EUR"));
    books.refused("not-found", LoanBooks.MALLORY, new PayOffLoan(), new PayOffLoan.Request(id));
  }

  @Test
  void repay_isUsedForFeeThenInterestThenPrincipal() {
    DocumentId id = books.disbursed();
    books.spend(120_000);
    books.on("2026-02-28T00:00:00Z");
    books.on("2026-03-31T00:00:00Z"); // both are due, the first bears a fee
    books.giveBack(120_000);
    long secondInterest = books.loan(id).instalments().get(1).interest();

    assertThat(books.repay(id, 300)).isEqualTo(LoanBooks.answer(id, 300, 0, 0, 120_000));
    assertThat(books.repay(id, 300)).isEqualTo(LoanBooks.answer(id, 200, 100, 0, 120_000));
    assertThat(books.repay(id, 1_100 + secondInterest - 1))
        .isEqualTo(LoanBooks.answer(id, 0, 1_100 + secondInterest - 1, 0, 120_000));
    assertThat(books.repay(id, 101)).isEqualTo(LoanBooks.answer(id, 0, 1, 100, 119_900));
    assertThat(books.ledger.system(LendingScenario.LATE_FEES, "EUR")).isEqualTo(500);
  }

  @Test
  void repay_early_paysTheInterestToTheDayAndLowersTheRest() {
    DocumentId id = books.disbursed();
    books.on("2026-02-15T10:00:00Z"); // 15 days of 30: 600 of interest
    RepayLoan.Answer done = books.repay(id, 60_600);

    assertThat(done).isEqualTo(LoanBooks.answer(id, 0, 600, 60_000, 60_000));
    List<Instalment> rows = books.loan(id).instalments();
    assertThat(rows).hasSize(6);
    assertThat(rows.get(0).interest()).isEqualTo(300); // the other 15 days, on half
    assertThat(rows.get(5).total())
        .isBetween(LoanBooks.INSTALMENT / 2 - 100, LoanBooks.INSTALMENT / 2);
    assertThat(rows.stream().mapToLong(Instalment::principal).sum()).isEqualTo(60_000);
    assertThat(books.document(id).due()).contains(Instant.parse("2026-02-28T00:00:00Z"));
  }

  @Test
  void repay_lessThanTheInterestToTheDay_isCreditedToTheNextInstalment() {
    DocumentId id = books.disbursed();
    books.on("2026-02-15T10:00:00Z");
    assertThat(books.repay(id, 250)).isEqualTo(LoanBooks.answer(id, 0, 250, 0, 120_000));
    assertThat(books.repay(id, 400)).isEqualTo(LoanBooks.answer(id, 0, 350, 50, 119_950));
    books.on("2026-02-28T00:00:00Z");

    assertThat(books.loan(id).booked().interestPaid())
        .isEqualTo(600 + 600); // 599.75 for the other half
  }

  @Test
  void payOff_takesTheInterestToTheDayAndClosesIt() {
    DocumentId id = books.disbursed();
    books.fund(10_000);
    books.on("2026-02-28T00:00:00Z");
    books.on("2026-03-10T00:00:00Z"); // 10 days on 1 004.94 at 12 %: 3.35
    books.refused(
        "more-than-owed",
        LoanBooks.BOB,
        new RepayLoan(),
        new RepayLoan.Request(id, 100_830, "EUR"));
    books.ledger.run(LoanBooks.BOB, new PayOffLoan(), new PayOffLoan.Request(id));

    assertThat(books.loan(id).state()).isEqualTo(Loan.State.CLOSED);
    assertThat(books.loan(id).booked()).isEqualTo(new Booked(0, 120_000, 1_200 + 335, 0, 0, 0));
    assertThat(books.ledger.system(LendingScenario.LOANS, "EUR")).isZero();
    assertThat(books.document(id).due()).isEmpty();
    books.refused(
        "loan-state", LoanBooks.BOB, new RepayLoan(), new RepayLoan.Request(id, 1, "EUR"));
  }

  @Test
  void payOff_withoutTheMoney_isRefusedAndChangesNothing() {
    DocumentId id = books.disbursed();
    books.spend(1);

    books.refused(
        "insufficient-funds", LoanBooks.BOB, new PayOffLoan(), new PayOffLoan.Request(id));
    assertThat(books.loan(id).state()).isEqualTo(Loan.State.ACTIVE);
  }

  @Test
  void writeOff_afterNinetyDays_bookThePrincipalAsALoss() {
    DocumentId id = books.disbursed();
    books.spend(120_000);
    books.on("2026-02-28T00:00:00Z");
    books.on("2026-05-28T00:00:00Z");
    WriteOffLoan.Request request = new WriteOffLoan.Request(id, "gone abroad");
    books.refused("not-overdue-enough", new WriteOffLoan(), request);
    books.ledger.advanceTo(Instant.parse("2026-05-29T00:00:00Z"));
    books.ledger.run(LoanBooks.OPERATOR, new WriteOffLoan(), request);

    assertThat(new WriteOffLoan().needsTwoOperators()).isTrue();
    assertThat(books.loan(id).state()).isEqualTo(Loan.State.WRITTEN_OFF);
    assertThat(books.ledger.system(LendingScenario.LOANS, "EUR")).isZero();
    assertThat(books.ledger.system(LendingScenario.LOSSES, "EUR")).isEqualTo(-120_000);
    assertThat(books.ledger.system(LendingScenario.INTEREST, "EUR")).isZero();
    assertThat(books.document(id).due()).isEmpty();
  }

  @Test
  void repay_afterAWriteOff_isIncomeUpToWhatWasLost() {
    DocumentId id = books.disbursed();
    books.spend(120_000);
    books.on("2026-02-28T00:00:00Z");
    books.on("2026-05-29T00:00:00Z");
    books.ledger.run(
        LoanBooks.OPERATOR, new WriteOffLoan(), new WriteOffLoan.Request(id, "gone abroad"));
    books.giveBack(120_000);
    books.fund(10);

    RepayLoan.Answer answer = books.repay(id, 30_000);
    assertThat(answer.recovered()).isEqualTo(30_000);
    assertThat(answer.principal() + answer.interest() + answer.outstanding()).isZero();
    books.refused("more-than-owed", new RepayLoan(), new RepayLoan.Request(id, 90_001, "EUR"));
    books.refused("not-found", LoanBooks.MALLORY, new PayOffLoan(), new PayOffLoan.Request(id));
    books.ledger.run(LoanBooks.BOB, new PayOffLoan(), new PayOffLoan.Request(id));
    books.refused("nothing-owed", new PayOffLoan(), new PayOffLoan.Request(id));
    books.refused("more-than-owed", new RepayLoan(), new RepayLoan.Request(id, 1, "EUR"));

    assertThat(books.loan(id).state()).isEqualTo(Loan.State.WRITTEN_OFF);
    assertThat(books.document(id).due()).isEmpty();
    assertThat(books.ledger.system(LendingScenario.RECOVERIES, "EUR")).isEqualTo(120_000);
    assertThat(books.ledger.system(LendingScenario.LOSSES, "EUR")).isEqualTo(-120_000);
    assertThat(books.ledger.account(books.account).posted()).isEqualTo(10);
    assertThat(books.types()).filteredOn("loan.recovered"::equals).hasSize(2);
  }
}
