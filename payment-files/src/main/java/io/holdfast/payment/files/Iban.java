package io.holdfast.payment.files;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Checks of an IBAN (ISO 13616): its form, its length in its country, and its check digits by ISO
 * 7064 mod 97-10.
 */
final class Iban {

  private static final Pattern FORM = Pattern.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}");

  /** The countries of SEPA, with the United Kingdom and Switzerland; others may have 15 to 34. */
  private static final Map<String, Integer> LENGTHS =
      Map.ofEntries(
          Map.entry("AD", 24),
          Map.entry("AL", 28),
          Map.entry("AT", 20),
          Map.entry("BE", 16),
          Map.entry("BG", 22),
          Map.entry("CH", 21),
          Map.entry("CY", 28),
          Map.entry("CZ", 24),
          Map.entry("DE", 22),
          Map.entry("DK", 18),
          Map.entry("EE", 20),
          Map.entry("ES", 24),
          Map.entry("FI", 18),
          Map.entry("FR", 27),
          Map.entry("GB", 22),
          Map.entry("GI", 23),
          Map.entry("GR", 27),
          Map.entry("HR", 21),
          Map.entry("HU", 28),
          Map.entry("IE", 22),
          Map.entry("IS", 26),
          Map.entry("IT", 27),
          Map.entry("LI", 21),
          Map.entry("LT", 20),
          Map.entry("LU", 20),
          Map.entry("LV", 21),
          Map.entry("MC", 27),
          Map.entry("MD", 24),
          Map.entry("ME", 22),
          Map.entry("MK", 19),
          Map.entry("MT", 31),
          Map.entry("NL", 18),
          Map.entry("NO", 15),
          Map.entry("PL", 28),
          Map.entry("PT", 25),
          Map.entry("RO", 24),
          Map.entry("RS", 22),
          Map.entry("SE", 24),
          Map.entry("SI", 19),
          Map.entry("SK", 24),
          Map.entry("SM", 27),
          Map.entry("VA", 22));

  private Iban() {}

  /** In capital letters: an IBAN means the same in small ones. */
  static String normal(String iban) {
    return iban.toUpperCase(Locale.ROOT);
  }

  /** What is wrong with one in capital letters, as a clause; empty if nothing is. */
  static Optional<String> fault(String iban) {
    if (!FORM.matcher(iban).matches()) {
      return Optional.of("is no IBAN: two letters, two digits, then letters and digits");
    }
    Integer length = LENGTHS.get(iban.substring(0, 2));
    if (length != null && length != iban.length()) {
      return Optional.of(
          "has %d characters, and an IBAN of %s has %d"
              .formatted(iban.length(), iban.substring(0, 2), length));
    }
    int check = Integer.parseInt(iban.substring(2, 4));
    return check < 2 || check > 98 || mod97(iban) != 1
        ? Optional.of("has wrong check digits")
        : Optional.empty();
  }

  static boolean isValid(String iban) {
    return fault(iban).isEmpty();
  }

  private static int mod97(String iban) {
    String moved = iban.substring(4) + iban.substring(0, 4);
    int rest = 0;
    for (int i = 0; i < moved.length(); i++) {
      int digit = Character.digit(moved.charAt(i), 36);
      rest = (digit < 10 ? rest * 10 + digit : rest * 100 + digit) % 97;
    }
    return rest;
  }
}
