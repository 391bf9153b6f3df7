package io.holdfast.payment.scenario.lending;

import static io.holdfast.payment.scenario.lending.DayCount.ACTUAL_365;
import static io.holdfast.payment.scenario.lending.DayCount.THIRTY_360;
import static io.holdfast.payment.scenario.lending.RepaymentKind.ANNUITY;
import static io.holdfast.payment.scenario.lending.RepaymentKind.EQUAL_PRINCIPAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.ledger.Money;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ScheduleTest {

  private static final LocalDate START = LocalDate.parse("2027-01-15");

  /**
   * A = P·r / (1 − (1+r)^−n) with r = 0.06 / 12: 860.66. Made with fractions of whole numbers, each
   * interest rounded half-even.
   */
  @Test
  void annuity_of10000EurAtSixPercentForAYear_isTheTextbooksTable() {
    List<Instalment> rows =
        Schedule.of(terms(1_000_000, "EUR", 600, 12, ANNUITY, THIRTY_360), START);

    assertThat(principal(rows))
        .containsExactly(
            81066L, 81471L, 81879L, 82288L, 82700L, 83113L, 83529L, 83946L, 84366L, 84788L, 85212L,
            85642L);
    assertThat(interest(rows))
        .containsExactly(
            5000L, 4595L, 4187L, 3778L, 3366L, 2953L, 2537L, 2120L, 1700L, 1278L, 854L, 428L);
  }

  /** P = 100 000.00, r = 0.0475 / 12, n = 360: 521.65 a month, 87 791.79 of interest in all. */
  @Test
  void annuity_ofThirtyYears_isThePublishedInstalmentAndTheLastTakesTheRoundings() {
    List<Instalment> rows =
        Schedule.of(terms(10_000_000, "EUR", 475, 360, ANNUITY, THIRTY_360), START);

    assertThat(rows.subList(0, 359)).allMatch(each -> each.total() == 52_165);
    assertThat(rows.get(359).total()).isEqualTo(51_944);
    assertThat(interest(rows).stream().mapToLong(Long::longValue).sum()).isEqualTo(8_779_179);
  }

  /** P = ¥300 000, r = 0.03 / 12: ¥100 500 a month; whole yen. */
  @Test
  void annuity_inYen_isInWholeYen() {
    List<Instalment> rows = Schedule.of(terms(300_000, "JPY", 300, 3, ANNUITY, THIRTY_360), START);

    assertThat(principal(rows)).containsExactly(99_750L, 99_999L, 100_251L);
    assertThat(interest(rows)).containsExactly(750L, 501L, 251L);
  }

  /** P = KWD 250.000, r = 0.1999 / 12: KWD 44.129 a month; fils, a thousandth. */
  @Test
  void annuity_inDinars_isInFils() {
    List<Instalment> rows = Schedule.of(terms(250_000, "KWD", 1999, 6, ANNUITY, THIRTY_360), START);

    assertThat(principal(rows)).containsExactly(39964L, 40630L, 41307L, 41995L, 42695L, 43409L);
    assertThat(interest(rows)).containsExactly(4165L, 3499L, 2822L, 2134L, 1434L, 723L);
  }

  /** A = P / Σ Π 1/(1 + 0.1·days/365) with 28, 31, 30, 31, 30, 31 days: 1 714.70. */
  @Test
  void annuity_byDaysOfTheCalendar_isLevelOverMonthsOfDifferentLength() {
    List<Instalment> rows =
        Schedule.of(
            terms(1_000_000, "EUR", 1000, 6, ANNUITY, ACTUAL_365), LocalDate.parse("2027-01-31"));

    assertThat(principal(rows))
        .containsExactly(163_799L, 164_368L, 165_948L, 167_173L, 168_686L, 170_026L);
    assertThat(interest(rows)).containsExactly(7671L, 7102L, 5522L, 4297L, 2784L, 1444L);
  }

  /** 1 000.00 / 3 = 333.33 each and 333.34 at last; interest 1 % of 1 000.00, 666.67, 333.34. */
  @Test
  void equalPrincipal_ofThreeMonths_bearsInterestOnWhatIsLeft() {
    List<Instalment> rows =
        Schedule.of(terms(100_000, "EUR", 1200, 3, EQUAL_PRINCIPAL, THIRTY_360), START);

    assertThat(principal(rows)).containsExactly(33_333L, 33_333L, 33_334L);
    assertThat(interest(rows)).containsExactly(1000L, 667L, 333L);
  }

  @Test
  void interest_ofExactlyAHalf_isRoundedToTheEvenNeighbour() {
    Terms terms = terms(1000, "EUR", 1800, 12, ANNUITY, THIRTY_360); // 1.5 % a month

    assertThat(Schedule.interest(terms, 100, START, START, START.plusMonths(1))).isEqualTo(2);
    assertThat(Schedule.interest(terms, 300, START, START, START.plusMonths(1))).isEqualTo(4);
  }

  @Test
  void due_onTheLastDayOfTheMonth_comesBackAfterAShortMonth() {
    assertThat(dueDays("2027-01-31")).startsWith(day("2027-02-28"), day("2027-03-31"));
    assertThat(dueDays("2028-01-31"))
        .startsWith(day("2028-02-29"), day("2028-03-31"), day("2028-04-30"), day("2028-05-31"));
    assertThat(dueDays("2027-01-29")).startsWith(day("2027-02-28"), day("2027-03-29"));
  }

  @Test
  void days_ofThirty360_areThirtyAMonthAndGrowWithinIt() {
    LocalDate start = day("2027-01-31");

    assertThat(THIRTY_360.days(start, day("2027-02-27"))).isEqualTo(27);
    assertThat(THIRTY_360.days(start, day("2027-02-28"))).isEqualTo(30);
    assertThat(THIRTY_360.days(start, day("2027-03-30"))).isEqualTo(60);
    assertThat(THIRTY_360.days(start, day("2027-03-31"))).isEqualTo(60);
    assertThat(THIRTY_360.days(start, day("2027-04-30"))).isEqualTo(90);
    assertThat(THIRTY_360.days(start, day("2028-01-31"))).isEqualTo(360);
    assertThat(ACTUAL_365.days(day("2027-12-31"), day("2028-12-31"))).isEqualTo(366);
    for (int i = 1; i < 1500; i++) {
      assertThat(THIRTY_360.days(start, start.plusDays(i)))
          .isBetween(
              THIRTY_360.days(start, start.plusDays(i - 1)),
              THIRTY_360.days(start, start.plusDays(i - 1)) + 3);
    }
  }

  @Test
  void schedule_ofAnyLoan_repaysTheAmountExactly() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      Terms terms = any(random);
      LocalDate start = START.plusDays(random.nextInt(1500));
      List<Instalment> rows = Schedule.of(terms, start);
      String what = "seed " + seed + ": " + terms + " from " + start;

      assertThat(rows).as(what).hasSize(terms.months());
      assertThat(principal(rows).stream().mapToLong(Long::longValue).sum())
          .as(what)
          .isEqualTo(terms.amount().minorUnits());
      assertThat(rows).as(what).allMatch(each -> each.principal() >= 0 && each.interest() >= 0);
      long balance = terms.amount().minorUnits();
      LocalDate since = start;
      for (Instalment row : rows) {
        assertThat(row.due()).as(what).isAfter(since);
        assertThat(row.interest())
            .as(what)
            .isEqualTo(Schedule.interest(terms, balance, start, since, row.due()));
        balance -= row.principal();
        since = row.due();
      }
      assertThat(balance).as(what).isZero();
      if (terms.dayCount() == THIRTY_360) {
        assertThat(interest(rows)).as(what).isSortedAccordingTo((a, b) -> Long.compare(b, a));
      }
      if (terms.kind() == ANNUITY) {
        long highest = rows.get(0).total();
        assertThat(rows.subList(0, rows.size() - 1))
            .as(what)
            .allMatch(each -> each.total() <= Math.max(highest, each.interest()));
      }
    }
  }

  @Test
  void rest_ofAnyLoan_repaysWhatIsLeftOnTheDaysOfTheOldSchedule() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      Terms terms = any(random);
      int first = 1 + random.nextInt(terms.months());
      LocalDate before = Schedule.due(START, first - 1);
      LocalDate from = before.plusDays(random.nextInt(28));
      long balance = (long) (random.nextDouble() * terms.amount().minorUnits());
      List<Instalment> rows = Schedule.rest(terms, balance, START, from, first);
      String what = "seed " + seed + ": " + terms + ", " + balance + " from " + from;

      assertThat(principal(rows).stream().mapToLong(Long::longValue).sum())
          .as(what)
          .isEqualTo(balance);
      assertThat(rows).as(what).allMatch(each -> each.principal() >= 0 && each.interest() >= 0);
      assertThat(rows.stream().map(Instalment::due).toList())
          .as(what)
          .isEqualTo(
              Schedule.of(terms, START).stream().skip(first - 1L).map(Instalment::due).toList());
    }
  }

  private static Terms any(Random random) {
    int months = 1 + random.nextInt(random.nextBoolean() ? 36 : Terms.LONGEST);
    long amount = months + (long) Math.pow(10, random.nextDouble() * 14);
    return terms(
        amount,
        List.of("EUR", "JPY", "KWD").get(random.nextInt(3)),
        random.nextInt(4) == 0 ? 0 : random.nextInt(3000),
        months,
        random.nextBoolean() ? ANNUITY : EQUAL_PRINCIPAL,
        random.nextBoolean() ? THIRTY_360 : ACTUAL_365);
  }

  private static Terms terms(
      long amount, String currency, int bp, int months, RepaymentKind kind, DayCount count) {
    return new Terms(Money.of(amount, currency), bp, months, kind, count);
  }

  private static List<LocalDate> dueDays(String start) {
    List<LocalDate> days = new ArrayList<>();
    Schedule.of(terms(1000, "EUR", 0, 6, ANNUITY, THIRTY_360), day(start))
        .forEach(each -> days.add(each.due()));
    return days;
  }

  private static LocalDate day(String text) {
    return LocalDate.parse(text);
  }

  private static List<Long> principal(List<Instalment> rows) {
    return rows.stream().map(Instalment::principal).toList();
  }

  private static List<Long> interest(List<Instalment> rows) {
    return rows.stream().map(Instalment::interest).toList();
  }
}
