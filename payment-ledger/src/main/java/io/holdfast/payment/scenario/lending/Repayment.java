package io.holdfast.payment.scenario.lending;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * What a payment does to a loan. Pure. The order in which it is used:
 *
 * <ol>
 *   <li>late fees, oldest first;
 *   <li>interest that is due, oldest instalment first;
 *   <li>principal that is due, oldest instalment first.
 * </ol>
 *
 * <p>What is more than that is an early repayment: first the interest from the last due day (or
 * early repayment) to this day, on the principal that is not due yet; then that principal. The due
 * days stay and the instalments become lower: they are made anew out of what is left. A payment
 * that does not even cover the interest to the day is credited to the next instalment's interest.
 *
 * <p>Nothing else bears interest: what is overdue costs the late fee alone.
 *
 * @param loan after it
 * @param lateFee what of it was late fee, in minor units like the others
 * @param interest what of it was interest
 * @param principal what of it was principal
 */
record Repayment(Loan loan, long lateFee, long interest, long principal) {

  /** All of it. */
  long total() {
    return lateFee + interest + principal;
  }

  /** With the late fees that are to be charged after it. */
  Repayment chargeLateFees(LocalDate today) {
    return new Repayment(loan.chargeLateFees(today), lateFee, interest, principal);
  }

  /** All that is due by this day. */
  static long due(Loan loan, LocalDate today) {
    return loan.instalments().stream()
        .filter(each -> each.dueBy(today))
        .mapToLong(Instalment::open)
        .sum();
  }

  /** All that ends the loan on this day: what is due, what is not, and the interest to the day. */
  static long inFull(Loan loan, LocalDate today) {
    LocalDate day = notBefore(loan, today);
    return due(loan, day) + interestToday(loan, day) + notYetDue(loan, day);
  }

  /**
   * Pays.
   *
   * @param amount zero to {@link #inFull}
   */
  static Repayment of(Loan loan, LocalDate day, long amount) {
    LocalDate today = notBefore(loan, day);
    if (amount < 0 || amount > inFull(loan, today)) {
      throw new IllegalArgumentException("not more is repaid than is owed");
    }
    List<Instalment> rows = new ArrayList<>(loan.instalments());
    int future = (int) rows.stream().filter(each -> each.dueBy(today)).count();
    long left = amount;
    for (int i = 0; i < future; i++) {
      long part = Math.min(left, rows.get(i).openLateFee());
      rows.set(i, rows.get(i).pay(0, 0, part));
      left -= part;
    }
    long lateFee = amount - left;
    for (int i = 0; i < future; i++) {
      long part = Math.min(left, rows.get(i).openInterest());
      rows.set(i, rows.get(i).pay(0, part, 0));
      left -= part;
    }
    long interest = amount - lateFee - left;
    for (int i = 0; i < future; i++) {
      long part = Math.min(left, rows.get(i).openPrincipal());
      rows.set(i, rows.get(i).pay(part, 0, 0));
      left -= part;
    }
    long principal = amount - lateFee - interest - left;
    LocalDate paidUpTo = loan.interestFrom().orElseThrow();
    if (left > 0) {
      long toDay = Math.min(left, interestToday(loan, today));
      long early = left - toDay;
      interest += toDay;
      principal += early;
      if (early == 0) {
        rows.set(future, rows.get(future).pay(0, toDay, 0));
      } else {
        paidUpTo = today;
        lower(rows.subList(future, rows.size()), loan, today, early);
      }
    }
    return new Repayment(
        loan.repay(rows, paidUpTo, loan.booked().paid(principal, interest, lateFee)),
        lateFee,
        interest,
        principal);
  }

  /** Makes the instalments that are not due yet anew, or none if nothing is left for them. */
  private static void lower(List<Instalment> future, Loan loan, LocalDate today, long early) {
    int first = future.get(0).number();
    long balance = notYetDue(loan, today) - early;
    future.clear();
    if (balance > 0) {
      LocalDate start = loan.start().orElseThrow();
      future.addAll(Schedule.rest(loan.terms(), balance, start, today, first));
    }
  }

  /**
   * The clock of another owner may be a day behind; interest that is paid is not asked for again.
   */
  private static LocalDate notBefore(Loan loan, LocalDate today) {
    LocalDate paidUpTo = loan.interestFrom().orElseThrow();
    return today.isBefore(paidUpTo) ? paidUpTo : today;
  }

  private static long notYetDue(Loan loan, LocalDate today) {
    return loan.instalments().stream()
        .filter(each -> !each.dueBy(today))
        .mapToLong(Instalment::openPrincipal)
        .sum();
  }

  /** Interest on what is not due yet, up to this day, less what was already paid of it. */
  private static long interestToday(Loan loan, LocalDate today) {
    LocalDate from = loan.interestFrom().orElseThrow();
    long paid = 0;
    for (Instalment each : loan.instalments()) {
      if (!each.dueBy(today)) {
        paid = each.paidInterest();
        break;
      }
      from = each.due().isAfter(from) ? each.due() : from;
    }
    long all =
        Schedule.interest(
            loan.terms(), notYetDue(loan, today), loan.start().orElseThrow(), from, today);
    return Math.max(0, all - paid);
  }
}
