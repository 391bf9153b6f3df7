package io.holdfast.payment.scenario.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.Money;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RepaymentTest {

  private static final LocalDate START = LocalDate.parse("2027-01-31");

  @Test
  void payments_ofAnyAmountOnAnyDays_reduceWhatIsOwedByExactlyThatAndCloseAtZero() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 3000; i++) {
      Loan loan = any(random);
      LocalDate today = START;
      long principal = 0;
      while (loan.state() == Loan.State.ACTIVE) {
        String what = "seed " + seed + ", loan " + i + " on " + today + ": " + loan;
        today = today.plusDays(random.nextInt(40));
        loan = loan.chargeLateFees(today);
        long owed = Repayment.inFull(loan, today);
        long due = Repayment.due(loan, today);
        long amount =
            switch (random.nextInt(5)) {
              case 0 -> owed;
              case 1 -> Math.min(owed, due + random.nextInt(100));
              case 2 -> (long) (owed * random.nextDouble());
              case 3 -> (long) (due * random.nextDouble());
              default -> due;
            };
        Repayment paid = Repayment.of(loan, today, amount);
        principal += paid.principal();

        assertThat(paid.total()).as(what).isEqualTo(amount);
        assertThat(Math.min(paid.lateFee(), Math.min(paid.interest(), paid.principal())))
            .as(what)
            .isNotNegative();
        assertThat(Repayment.inFull(paid.loan(), today)).as(what).isEqualTo(owed - amount);
        assertThat(Repayment.due(paid.loan(), today)).as(what).isEqualTo(Math.max(0, due - amount));
        assertThat(loan.booked().outstanding() - paid.loan().booked().outstanding())
            .as(what)
            .isEqualTo(paid.principal());
        loan = paid.loan();
      }

      assertThat(loan.state()).isEqualTo(Loan.State.CLOSED);
      assertThat(loan.booked().outstanding()).isZero();
      assertThat(principal).isEqualTo(loan.terms().amount().minorUnits());
    }
  }

  @Test
  void early_inTwoPartsOfAMonth_costsTheInterestOfBoth() {
    Loan loan = loan(new Terms(eur(120_000), 1200, 6, RepaymentKind.ANNUITY, DayCount.THIRTY_360));
    Repayment first = Repayment.of(loan, START.plusDays(10), 400); // 10 of 30 days
    Repayment second = Repayment.of(first.loan(), START.plusDays(20), 60_400);

    assertThat(first)
        .extracting(Repayment::interest, Repayment::principal)
        .containsExactly(400L, 0L);
    assertThat(second)
        .extracting(Repayment::interest, Repayment::principal)
        .containsExactly(400L, 60_000L);
    assertThat(second.loan().instalments().get(0).interest()).isEqualTo(200); // 10 of 30, of half
  }

  @Test
  void early_byAClockThatIsADayBehind_doesNotPayInterestTwice() {
    Loan loan = loan(new Terms(eur(120_000), 1200, 6, RepaymentKind.ANNUITY, DayCount.ACTUAL_365));
    Repayment first = Repayment.of(loan, START.plusDays(10), 60_000);
    Repayment second = Repayment.of(first.loan(), START.plusDays(9), 10_000);

    assertThat(second.interest()).isZero();
    assertThat(second.loan().interestFrom()).contains(START.plusDays(10));
  }

  @Test
  void of_moreThanIsOwed_isAnError() {
    Loan loan = loan(new Terms(eur(1_000), 0, 2, RepaymentKind.ANNUITY, DayCount.THIRTY_360));

    assertThatThrownBy(() -> Repayment.of(loan, START, 1_001))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Money eur(long amount) {
    return Money.of(amount, "EUR");
  }

  private static Loan loan(Terms terms) {
    return Loan.applied("bob", terms).approve(terms, new LateFee(700, 10)).disburse(START);
  }

  private static Loan any(Random random) {
    int months = 1 + random.nextInt(24);
    Terms terms =
        new Terms(
            Money.of(
                months + (long) Math.pow(10, random.nextDouble() * 12),
                List.of("EUR", "JPY", "KWD").get(random.nextInt(3))),
            random.nextInt(3000),
            months,
            random.nextBoolean() ? RepaymentKind.ANNUITY : RepaymentKind.EQUAL_PRINCIPAL,
            random.nextBoolean() ? DayCount.THIRTY_360 : DayCount.ACTUAL_365);
    return loan(terms);
  }
}
