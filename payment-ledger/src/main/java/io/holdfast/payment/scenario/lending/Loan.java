package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * A loan, as it is kept in the shard of the borrower's account. Its states:
 *
 * <pre>
 * APPLIED ──approve──▶ APPROVED ──disburse──▶ ACTIVE ──all paid──▶ CLOSED
 *    └──decline──▶ DECLINED ◀──decline──┘        └──write off──▶ WRITTEN_OFF
 * </pre>
 *
 * <p>Days are those of UTC.
 *
 * @param state where it is
 * @param borrower the caller who owns the account
 * @param terms as applied for; once approved, as approved
 * @param lateFee as approved
 * @param start the day on which it was paid out
 * @param interestFrom the day of payout or of the last early repayment: interest is paid up to it
 * @param instalments since it was paid out; the later ones are replaced at an early repayment
 * @param booked what the books have of it
 * @param reason why it was declined or written off
 */
public record Loan(
    State state,
    String borrower,
    Terms terms,
    LateFee lateFee,
    Optional<LocalDate> start,
    Optional<LocalDate> interestFrom,
    List<Instalment> instalments,
    Booked booked,
    Optional<String> reason) {

  /** Loans among the documents of the ledger. */
  public static final DocumentKind<Loan> KIND = new DocumentKind<>("loan", Loan.class, "/loans");

  /** Where a loan is. The names are in the database and never change. */
  public enum State {
    /** Nobody has decided. */
    APPLIED,
    /** To be paid out. */
    APPROVED,
    /** Not given. */
    DECLINED,
    /** Paid out, and being repaid. */
    ACTIVE,
    /** All is repaid. */
    CLOSED,
    /** What was left was given up. It can still be paid, which is then income. */
    WRITTEN_OFF
  }

  public Loan {
    instalments = List.copyOf(instalments);
    long open = instalments.stream().mapToLong(Instalment::openPrincipal).sum();
    if (booked.outstanding() + booked.writtenOff() != open
        || (start.isPresent() && open + booked.principalPaid() != terms.amount().minorUnits())) {
      throw new IllegalArgumentException("the instalments of a loan come to what is owed");
    }
  }

  static Loan applied(String borrower, Terms terms) {
    return new Loan(
        State.APPLIED,
        borrower,
        terms,
        LateFee.NONE,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Booked.NOTHING,
        Optional.empty());
  }

  Loan approve(Terms approved, LateFee fee) {
    return new Loan(
        State.APPROVED, borrower, approved, fee, start, interestFrom, instalments, booked, reason);
  }

  Loan decline(String why) {
    return ended(State.DECLINED, booked, why);
  }

  Loan disburse(LocalDate day) {
    return new Loan(
        State.ACTIVE,
        borrower,
        terms,
        lateFee,
        Optional.of(day),
        Optional.of(day),
        Schedule.of(terms, day),
        Booked.lent(terms.amount().minorUnits()),
        reason);
  }

  Loan writeOff(String why) {
    return ended(State.WRITTEN_OFF, booked.writeOff(), why);
  }

  /** With this much more paid of what was written off; it stays so. */
  Loan recover(long amount) {
    return new Loan(
        state,
        borrower,
        terms,
        lateFee,
        start,
        interestFrom,
        instalments,
        booked.recover(amount),
        reason);
  }

  private Loan ended(State end, Booked changed, String why) {
    return new Loan(
        end, borrower, terms, lateFee, start, interestFrom, instalments, changed, Optional.of(why));
  }

  /** With these instalments; closed if nothing of them is open. */
  Loan repay(List<Instalment> changed, LocalDate paidUpTo, Booked nowBooked) {
    boolean all = changed.stream().allMatch(each -> each.open() == 0);
    return new Loan(
        all ? State.CLOSED : State.ACTIVE,
        borrower,
        terms,
        lateFee,
        start,
        Optional.of(paidUpTo),
        changed,
        nowBooked,
        reason);
  }

  /** With the late fee on each instalment that is open after its days of grace; once each. */
  Loan chargeLateFees(LocalDate today) {
    LocalDate late = today.minusDays(lateFee.graceDays());
    List<Instalment> charged =
        instalments.stream()
            .map(
                each ->
                    each.open() > 0 && each.lateFee() == 0 && each.due().isBefore(late)
                        ? each.chargeLateFee(lateFee.amount())
                        : each)
            .toList();
    return repay(charged, interestFrom.orElseThrow(), booked);
  }

  /** The first instalment that is not paid in full; there is one while the loan is active. */
  Optional<Instalment> firstOpen() {
    return instalments.stream().filter(each -> each.open() > 0).findFirst();
  }

  /** Whether the document is due for an instalment that nobody tried to collect before. */
  boolean firstTry(Document<Loan> document) {
    return firstOpen().map(each -> startOf(each.due())).equals(document.due());
  }

  /** How many days ago the oldest open instalment was due; 0 or less if none was. */
  long daysOverdue(LocalDate today) {
    return firstOpen().map(each -> today.toEpochDay() - each.due().toEpochDay()).orElse(0L);
  }

  /**
   * This loan in its document, due at the start of the day on which something is to be collected:
   * that of the first open instalment, or this day if that is later.
   */
  Document<Loan> in(Document<Loan> document, LocalDate notBefore) {
    Document<Loan> changed = document.with(this);
    return state == State.ACTIVE
        ? changed.dueAt(
            firstOpen()
                .map(each -> each.dueBy(notBefore) ? notBefore : each.due())
                .map(Loan::startOf)
                .orElseThrow())
        : changed.notDue();
  }

  static Instant startOf(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** The day of a plan, in UTC. */
  static LocalDate today(Books books) {
    return LocalDate.ofInstant(books.now(), ZoneOffset.UTC);
  }

  /** A loan of the caller's, or any to those who act on all; others learn nothing of it. */
  static Document<Loan> visible(Books books, DocumentId id) {
    Document<Loan> document = books.document(KIND, id);
    if (!document.body().borrower().equals(books.caller().name())
        && !books.caller().isAny(Role.OPERATOR, Role.SYSTEM)) {
      throw Refusal.notFound("not-found", "There is nothing named " + id + ".").exception();
    }
    return document;
  }

  /** Refuses what does not fit the state. */
  void require(State... expected) {
    if (!List.of(expected).contains(state)) {
      throw Refusal.conflict(
              "loan-state", "The loan is " + state + "; this is not for such a loan.")
          .exception();
    }
  }
}
