package io.holdfast.payment.scenario.lending;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * The arithmetic of instalments. Pure; amounts are minor units of the loan's currency, so all
 * rounding is to a cent, a yen or a fils, whichever it is.
 *
 * <ul>
 *   <li>An instalment is due on the day of the month on which the loan began, or on the last day of
 *       a month that is shorter: 31 January, 28 or 29 February, 31 March.
 *   <li>Interest is balance × rate × days ÷ year, see {@link DayCount}, rounded half-even.
 *   <li>An annuity's instalment is the amount that, at the exact interest of each period, leaves
 *       nothing after the last: {@code A = P / (d1 + d1·d2 + … )} with {@code d = 1/(1 + rate ×
 *       days ÷ year)}; where all periods are the same that is the textbook's {@code P·r / (1 −
 *       (1+r)^−n)}. It is rounded half-even.
 *   <li>Equal principal is the amount divided by the number of months, rounded down.
 *   <li>The last instalment takes all that is left, so it differs by the roundings, and the balance
 *       after it is zero.
 *   <li>Nothing is negative: a period whose interest is more than the annuity (a long month at a
 *       high rate) repays no principal, and none repays more than is left.
 * </ul>
 */
public final class Schedule {

  private static final MathContext EXACT = MathContext.DECIMAL128;

  private Schedule() {}

  /** All instalments of a loan that is paid out on this day. */
  public static List<Instalment> of(Terms terms, LocalDate start) {
    return rest(terms, terms.amount().minorUnits(), start, start, 1);
  }

  /**
   * The instalments that are left when the balance has changed in between.
   *
   * @param balance what is left, not negative
   * @param start when the loan was paid out, from which the due days are counted
   * @param from up to when interest is paid; before the first of these instalments
   * @param first the number of the first of them
   */
  static List<Instalment> rest(
      Terms terms, long balance, LocalDate start, LocalDate from, int first) {
    List<Instalment> rows = new ArrayList<>();
    long level = level(terms, balance, start, from, first);
    LocalDate since = from;
    long left = balance;
    for (int number = first; number <= terms.months(); number++) {
      LocalDate due = due(start, number);
      long interest = interest(terms, left, start, since, due);
      long principal =
          switch (terms.kind()) {
            case ANNUITY -> Math.max(0, Math.min(left, level - interest));
            case EQUAL_PRINCIPAL -> level;
          };
      if (number == terms.months()) {
        principal = left;
      }
      rows.add(Instalment.unpaid(number, due, principal, interest));
      left -= principal;
      since = due;
    }
    return rows;
  }

  /** When an instalment is due. Counted from the start each time, so a short month is not kept. */
  static LocalDate due(LocalDate start, int number) {
    return start.plusMonths(number);
  }

  /** The interest on a balance from one day to a later one, rounded half-even. */
  static long interest(Terms terms, long balance, LocalDate start, LocalDate from, LocalDate to) {
    return BigDecimal.valueOf(balance)
        .multiply(BigDecimal.valueOf(terms.annualRateBp()))
        .multiply(BigDecimal.valueOf(days(terms, start, from, to)))
        .divide(year(terms), 0, RoundingMode.HALF_EVEN)
        .longValueExact();
  }

  /** What is the same each time: the total of an annuity, or the principal. */
  private static long level(Terms terms, long balance, LocalDate start, LocalDate from, int first) {
    int count = terms.months() - first + 1;
    if (terms.kind() == RepaymentKind.EQUAL_PRINCIPAL) {
      return balance / count;
    }
    BigDecimal discount = BigDecimal.ONE;
    BigDecimal sum = BigDecimal.ZERO;
    LocalDate since = from;
    for (int number = first; number <= terms.months(); number++) {
      LocalDate due = due(start, number);
      BigDecimal rate =
          BigDecimal.valueOf(terms.annualRateBp())
              .multiply(BigDecimal.valueOf(days(terms, start, since, due)))
              .divide(year(terms), EXACT);
      discount = discount.divide(BigDecimal.ONE.add(rate), EXACT);
      sum = sum.add(discount, EXACT);
      since = due;
    }
    return BigDecimal.valueOf(balance)
        .divide(sum, EXACT)
        .setScale(0, RoundingMode.HALF_EVEN)
        .longValueExact();
  }

  private static long days(Terms terms, LocalDate start, LocalDate from, LocalDate to) {
    return terms.dayCount().days(start, to) - terms.dayCount().days(start, from);
  }

  /** The days of a year in units of basis points. */
  private static BigDecimal year(Terms terms) {
    return BigDecimal.valueOf(10_000L * terms.dayCount().year());
  }
}
