package io.holdfast.payment.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which account of the ledger an IBAN or another account number stands for.
 *
 * <p>Without a mapping, each is the account's id itself. With one, only what is in it is known: a
 * number that somebody forgot to map is a fault and no payment to an account that happens to have
 * that name.
 */
final class AccountNames {

  /** More would not fit beside a large file of payments. */
  private static final int MOST = 1_000_000;

  private static final Pattern ACCOUNT_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern LINE = Pattern.compile("([^\\s,;=]+)\\s*[\\s,;=]\\s*([^\\s,;=]+)");

  private final Optional<Map<String, String>> mapped;

  private AccountNames(Optional<Map<String, String>> mapped) {
    this.mapped = mapped;
  }

  /** Each is itself. */
  static AccountNames themselves() {
    return new AccountNames(Optional.empty());
  }

  /**
   * From a file: on each line an account number, a comma or spaces, and the account's id; empty
   * lines and those after {@code #} say nothing.
   *
   * @throws IllegalArgumentException if a line is otherwise, naming it
   */
  static AccountNames from(Path file) throws IOException {
    Map<String, String> names = new HashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        String text = line.strip();
        if (!text.isEmpty() && !text.startsWith("#")) {
          String wrong = add(text, names);
          if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("%s:%d: %s".formatted(file, number, wrong));
          }
        }
      }
    }
    return new AccountNames(Optional.of(names));
  }

  private static String add(String line, Map<String, String> names) {
    var parts = LINE.matcher(line);
    if (!parts.matches()) {
      return "an account number and an account id are wanted, with a comma between them";
    }
    if (!isAccountId(parts.group(2))) {
      return "the second is no account id: 1 to 64 letters, digits, '.', '-' and '_'";
    }
    if (names.size() == MOST) {
      return "more than " + MOST + " accounts";
    }
    return names.putIfAbsent(Iban.normal(parts.group(1)), parts.group(2)) == null
        ? ""
        : "this account number is there twice";
  }

  static boolean isAccountId(String text) {
    return ACCOUNT_ID.matcher(text).matches();
  }

  /** The account's id, if there is one. */
  Optional<String> accountOf(String number) {
    if (mapped.isPresent()) {
      return Optional.ofNullable(mapped.get().get(Iban.normal(number)));
    }
    return isAccountId(number) ? Optional.of(number) : Optional.empty();
  }

  /** The IBAN that stands for an account, if a mapping has one. */
  Optional<String> ibanOf(String account) {
    return mapped.stream()
        .flatMap(names -> names.entrySet().stream())
        .filter(each -> each.getValue().equals(account) && Iban.isValid(each.getKey()))
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst();
  }
}
