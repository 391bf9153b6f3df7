package io.holdfast.payment.files;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.Optional;
import java.util.regex.Pattern;

/** Amounts as ISO 20022 writes them, and as the ledger counts them: in minor units. */
final class InstructedAmount {

  /** The most that the ledger moves at once. */
  static final long MOST = 1_000_000_000_000_000L;

  private static final int DIGITS = 18;

  /** As xs:decimal, but for a sign: no exponent, no thousands. */
  private static final Pattern DECIMAL = Pattern.compile("[0-9]+(\\.[0-9]*)?|\\.[0-9]+");

  private InstructedAmount() {}

  /** A number of at most 18 digits; empty if it is no such. */
  static Optional<BigDecimal> decimal(String text) {
    if (!DECIMAL.matcher(text).matches() || text.length() > DIGITS + 1) {
      return Optional.empty();
    }
    BigDecimal value = new BigDecimal(text.endsWith(".") ? text + "0" : text);
    return value.precision() > DIGITS ? Optional.empty() : Optional.of(value);
  }

  /** The currency of a code; empty if ISO 4217 has none of it, or it has no minor unit. */
  static Optional<Currency> currency(String code) {
    try {
      Currency currency = Currency.getInstance(code);
      return currency.getDefaultFractionDigits() < 0 ? Optional.empty() : Optional.of(currency);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The amount in minor units; empty if there are decimals that the currency has not. */
  static Optional<BigDecimal> minorUnits(BigDecimal amount, Currency currency) {
    BigDecimal units =
        amount.movePointRight(currency.getDefaultFractionDigits()).stripTrailingZeros();
    return units.scale() > 0 ? Optional.empty() : Optional.of(units);
  }
}
