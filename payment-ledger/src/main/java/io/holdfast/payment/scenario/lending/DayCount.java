package io.holdfast.payment.scenario.lending;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/** How days become a part of a year. The names are in the database and never change. */
public enum DayCount {
  /**
   * A month from one due day to the next counts 30 days, a year 360, whatever the calendar says;
   * within a month, the days that went by, at most 30. So each regular month bears a twelfth of the
   * annual rate, also from 31 January to 28 February.
   */
  THIRTY_360(360) {
    @Override
    long days(LocalDate start, LocalDate day) {
      long months = ChronoUnit.MONTHS.between(start, day);
      if (!start.plusMonths(months + 1).isAfter(day)) {
        months++; // 31 January to 28 February is a month here, and not yet one for java.time
      }
      return 30 * months + Math.min(30, ChronoUnit.DAYS.between(start.plusMonths(months), day));
    }
  },

  /** The days of the calendar; a year is 365, also a leap year. */
  ACTUAL_365(365) {
    @Override
    long days(LocalDate start, LocalDate day) {
      return ChronoUnit.DAYS.between(start, day);
    }
  };

  private final int year;

  DayCount(int year) {
    this.year = year;
  }

  /** How many days a year has. */
  int year() {
    return year;
  }

  /**
   * How many days count from the start of a loan to a later day. Never falls with the day, so the
   * difference of two is what counts between them, and parts of a month add up to the month.
   */
  abstract long days(LocalDate start, LocalDate day);
}
