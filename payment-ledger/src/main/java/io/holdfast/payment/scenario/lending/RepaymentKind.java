package io.holdfast.payment.scenario.lending;

/** How a loan is repaid. The names are in the database and never change. */
public enum RepaymentKind {
  /** Instalments of the same total: less interest and more principal each time. */
  ANNUITY,
  /** The same principal each time, and the interest on what is left; instalments fall. */
  EQUAL_PRINCIPAL
}
