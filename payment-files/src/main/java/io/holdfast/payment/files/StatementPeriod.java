package io.holdfast.payment.files;

import io.holdfast.payment.files.StatementPages.Entry;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * Which entries of an account fall into a period, and what they add up to.
 *
 * <p>The clocks of two nodes may differ a little, so that a later entry has an earlier time. An
 * entry is booked on the day of its time, or on that of the entry before it if that is later: so a
 * period is one run of entries, and the closing balance of a day is the opening one of the next.
 */
final class StatementPeriod {

  private final LocalDate from;
  private final LocalDate until;
  private final ZoneId zone;

  private LocalDate day = LocalDate.MIN;
  private LocalDate dayBefore = LocalDate.MIN;
  private long before;
  private long last;
  private long opening;
  private long closing;
  private long credits;
  private long debits;
  private int numberOfCredits;
  private int numberOfDebits;

  /** From the beginning of a day to the end of another. */
  StatementPeriod(LocalDate from, LocalDate until, ZoneId zone) {
    if (until.isBefore(from)) {
      throw new IllegalArgumentException("--until is before --from");
    }
    this.from = from;
    this.until = until;
    this.zone = zone;
  }

  /** Reads the account up to the end of the period. */
  void find(StatementPages pages) throws IOException, InterruptedException {
    pages.read(
        0,
        0,
        entry -> {
          day = dayOf(entry, day);
          if (day.isBefore(from)) {
            before = entry.sequence();
            dayBefore = day;
            opening = entry.balance();
            closing = entry.balance();
          } else if (!day.isAfter(until)) {
            add(entry);
          }
          return !day.isAfter(until);
        });
  }

  private void add(Entry entry) {
    last = entry.sequence();
    closing = entry.balance();
    if (entry.amount() >= 0) {
      credits = Math.addExact(credits, entry.amount());
      numberOfCredits++;
    } else {
      debits = Math.addExact(debits, Math.negateExact(entry.amount()));
      numberOfDebits++;
    }
  }

  private LocalDate dayOf(Entry entry, LocalDate earlier) {
    LocalDate own = LocalDate.ofInstant(entry.at(), zone);
    return own.isBefore(earlier) ? earlier : own;
  }

  /** Takes an entry with the day on which it is booked. */
  interface Sink {
    void accept(Entry entry, LocalDate booked) throws IOException;
  }

  /** Reads the entries of the period; {@link #find} was called before. */
  void entries(StatementPages pages, Sink sink) throws IOException, InterruptedException {
    if (last == 0) {
      return;
    }
    day = dayBefore;
    pages.read(
        before,
        opening,
        entry -> {
          day = dayOf(entry, day);
          sink.accept(entry, day);
          return entry.sequence() < last;
        });
  }

  LocalDate from() {
    return from;
  }

  LocalDate until() {
    return until;
  }

  ZoneId zone() {
    return zone;
  }

  long opening() {
    return opening;
  }

  long closing() {
    return closing;
  }

  /** The sum of all that came in. */
  long credits() {
    return credits;
  }

  /** The sum of all that went out. */
  long debits() {
    return debits;
  }

  int numberOfCredits() {
    return numberOfCredits;
  }

  int numberOfDebits() {
    return numberOfDebits;
  }
}
