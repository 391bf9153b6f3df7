package io.holdfast.payment.scenario.topup;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Finds card numbers, so that none is ever stored or logged: 13 to 19 digits, with spaces or dashes
 * between them or not, whose check digit is right (Luhn, ISO/IEC 7812-1).
 *
 * <p>A sequence counts from where a group of digits begins to where one ends, so an expiry date
 * behind the number hides nothing, and a longer row of digits is no card number. One row in ten
 * passes by chance; what is known to be something else is left alone: UUIDs, ids that the ledger
 * gave, and IBANs with right check digits.
 *
 * <p>A node asks {@link #isInBody} about every body, and {@link #isIn} about the path, the query
 * and the idempotency key, before anything of a request is logged or stored.
 */
public final class CardNumbers {

  private static final int SHORTEST = 13;
  private static final int LONGEST = 19;
  private static final int QUOTED_UNICODE = 6;
  private static final Pattern IDS =
      Pattern.compile(
          "(?<![0-9A-Za-z])"
              + "([0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
              + "|[a-z]{2,16}_[0-9a-f]{3}_[0-9a-v]{26})"
              + "(?![0-9A-Za-z])");
  private static final Pattern IBAN = Pattern.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}");
  private static final BigInteger IBAN_MODULUS = BigInteger.valueOf(97);

  private CardNumbers() {}

  /**
   * Refuses what holds a card number, without repeating it.
   *
   * @throws IllegalArgumentException if one of these holds one
   */
  static void refuseIn(String... fields) {
    for (String field : fields) {
      if (isIn(field)) {
        throw new IllegalArgumentException(
            "a card number is not accepted; send the token that stands for the card");
      }
    }
  }

  /** Whether a JSON body in UTF-8 holds one, in a text, a number or a name, escaped or not. */
  public static boolean isInBody(byte[] body) {
    return isIn(unescaped(new String(body, StandardCharsets.UTF_8)));
  }

  /** Whether a text holds one. */
  public static boolean isIn(CharSequence text) {
    int[] points = IDS.matcher(text).replaceAll("_").codePoints().toArray();
    List<Group> linked = new ArrayList<>();
    int at = 0;
    while (at < points.length) {
      if (Character.isDigit(points[at])) {
        int start = at;
        while (at < points.length && Character.isDigit(points[at])) {
          at++;
        }
        linked.add(new Group(start, at));
        if (endsCardNumber(points, linked)) {
          return true;
        }
      } else {
        if (!separates(points[at])) {
          linked.clear();
        }
        at++;
      }
    }
    return false;
  }

  /** Some digits in a row. */
  private record Group(int start, int end) {
    int length() {
      return end - start;
    }
  }

  /** Whether some of these groups, up to the last one, are a card number. */
  private static boolean endsCardNumber(int[] points, List<Group> groups) {
    int digits = 0;
    int end = groups.get(groups.size() - 1).end();
    for (int first = groups.size() - 1; first >= 0; first--) {
      Group group = groups.get(first);
      digits += group.length();
      if (digits > LONGEST) {
        return false;
      }
      if (digits >= SHORTEST
          && passesLuhn(points, group.start(), end)
          && !isIban(points, group.start(), end)) {
        return true;
      }
    }
    return false;
  }

  private static boolean separates(int point) {
    int type = Character.getType(point);
    return Character.isWhitespace(point)
        || type == Character.SPACE_SEPARATOR
        || type == Character.DASH_PUNCTUATION
        || type == Character.FORMAT
        || point == 0x2212; // the minus sign
  }

  private static boolean passesLuhn(int[] points, int start, int end) {
    int sum = 0;
    int position = 0;
    for (int at = end - 1; at >= start; at--) {
      if (!Character.isDigit(points[at])) {
        continue;
      }
      int digit = Character.digit(points[at], 10);
      if (position % 2 == 1) {
        digit = digit > 4 ? digit * 2 - 9 : digit * 2;
      }
      sum += digit;
      position++;
    }
    return sum % 10 == 0;
  }

  /** Whether the word around it is an IBAN with the right check digits (ISO 13616). */
  private static boolean isIban(int[] points, int start, int end) {
    int from = start;
    int to = end;
    while (from > 0 && Character.isLetterOrDigit(points[from - 1])) {
      from--;
    }
    while (to < points.length && Character.isLetterOrDigit(points[to])) {
      to++;
    }
    String word = new String(points, from, to - from).toUpperCase(Locale.ROOT);
    if (!IBAN.matcher(word).matches()) {
      return false;
    }
    StringBuilder number = new StringBuilder();
    (word.substring(4) + word.substring(0, 4))
        .chars()
        .forEach(each -> number.append(Character.digit(each, Character.MAX_RADIX)));
    return new BigInteger(number.toString()).mod(IBAN_MODULUS).intValue() == 1;
  }

  private static String unescaped(String json) {
    if (json.indexOf('\\') < 0) {
      return json;
    }
    StringBuilder plain = new StringBuilder(json.length());
    int at = 0;
    while (at < json.length()) {
      char next = json.charAt(at);
      if (next != '\\' || at + 1 == json.length()) {
        plain.append(next);
        at++;
      } else if (json.charAt(at + 1) == 'u' && at + QUOTED_UNICODE <= json.length()) {
        plain.append(quoted(json.substring(at + 2, at + QUOTED_UNICODE)));
        at += QUOTED_UNICODE;
      } else {
        char escaped = json.charAt(at + 1);
        plain.append("nrtbf".indexOf(escaped) >= 0 ? ' ' : escaped);
        at += 2;
      }
    }
    return plain.toString();
  }

  private static char quoted(String hexadecimal) {
    try {
      return (char) Integer.parseInt(hexadecimal, 16);
    } catch (NumberFormatException notJson) {
      return '?';
    }
  }
}
