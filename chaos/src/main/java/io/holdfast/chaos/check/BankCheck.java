package io.holdfast.chaos.check;

import io.holdfast.chaos.history.HistoryFormatException;
import io.holdfast.chaos.history.Operation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Payments between the accounts of one ledger, and what the ledger holds when all is over.
 *
 * <p>Operations, with what they ask and answer; a {@code request} is used once:
 *
 * <ul>
 *   <li>{@code open} {request, account, amount} → {verdict}: a client opened an account
 *   <li>{@code pay} {request, from, to, amount} → {verdict}: a client paid another. The verdict is
 *       {@code acknowledged} or {@code refused}; who got no answer does not know
 *   <li>{@code ask} {request, type} → {verdict}: a client asked for something else, whose entries
 *       nobody can tell before
 *   <li>{@code book} {request, entries} → {}: the ledger has done it. The entries are {@code
 *       ACCOUNT=AMOUNT} with spaces between, none if it moved no money
 *   <li>{@code work} {request, entries} → {}: the ledger has done that by itself
 *   <li>{@code balance} {account, amount} → {}: what the ledger says that an account holds
 *   <li>{@code stale} {} → {accepted=false}: the ledger refused a write of an owner that had been
 *       succeeded; nothing is promised of it
 * </ul>
 *
 * <p>It is promised that
 *
 * <ul>
 *   <li>what was acknowledged is booked, with its whole effect
 *   <li>what was refused has none, and so has what nobody asked for; of what got no answer all is
 *       booked or none
 *   <li>no request is booked twice
 *   <li>the entries of each request sum to zero: no money comes or goes
 *   <li>an account holds the sum of its entries
 * </ul>
 */
final class BankCheck {

  private static final String ACKNOWLEDGED = "acknowledged";

  private final List<Operation> operations;
  private final Map<String, Map<String, Long>> booked = new HashMap<>();
  private final Map<String, Long> sums = new TreeMap<>();
  private final Violations violations = new Violations();

  private BankCheck(List<Operation> operations) {
    this.operations = operations;
  }

  static Verdict check(List<Operation> operations) {
    BankCheck check = new BankCheck(operations);
    if (check.of("book").isEmpty() || check.of("balance").isEmpty()) {
      return new Verdict.Unknown(operations.size(), "nobody looked into the ledger");
    }
    check.of("book").forEach(check::book);
    Set<String> asked = new HashSet<>();
    for (Operation work : check.of("work")) {
      check.book(work);
      asked.add(work.asked("request"));
    }
    for (Operation request : operations) {
      switch (request.action()) {
        case "open", "pay" -> {
          asked.add(request.asked("request"));
          check.judge(request);
        }
        case "ask" -> {
          asked.add(request.asked("request"));
          check.judgeWhether(request);
        }
        default -> {}
      }
    }
    check.booked.forEach(
        (request, entries) -> {
          if (!asked.contains(request) && !entries.isEmpty()) {
            check.violations.broken("%s was booked, and nobody asked for it".formatted(request));
          }
        });
    check.of("balance").forEach(check::balance);
    return check.violations.verdict(operations.size());
  }

  private List<Operation> of(String action) {
    return operations.stream().filter(each -> each.action().equals(action)).toList();
  }

  private void book(Operation booking) {
    String request = booking.asked("request");
    Map<String, Long> entries = new TreeMap<>();
    for (String entry : booking.asked("entries").split(" ", -1)) {
      int equals = entry.lastIndexOf('=');
      if (equals > 0) {
        entries.merge(entry.substring(0, equals), number(entry.substring(equals + 1)), Long::sum);
      }
    }
    long sum = entries.values().stream().mapToLong(Long::longValue).sum();
    if (sum != 0) {
      violations.broken("the entries of %s sum to %d: %s".formatted(request, sum, entries));
    }
    if (booked.put(request, entries) != null) {
      violations.broken("%s was booked twice".formatted(request));
    }
    entries.forEach((account, amount) -> sums.merge(account, amount, Long::sum));
  }

  /** Whether there is an effect; which one it is, others must judge. */
  private void judgeWhether(Operation request) {
    String name = request.asked("request");
    boolean isBooked = booked.containsKey(name);
    if (!request.completed()) {
      return;
    }
    if (request.answered("verdict").equals(ACKNOWLEDGED) && !isBooked) {
      violations.broken("%s was acknowledged, and is not booked".formatted(name));
    } else if (!request.answered("verdict").equals(ACKNOWLEDGED) && isBooked) {
      violations.broken("%s was refused, and is booked: %s".formatted(name, booked.get(name)));
    }
  }

  private void judge(Operation request) {
    String name = request.asked("request");
    Map<String, Long> entries = booked.getOrDefault(name, Map.of());
    boolean acknowledged = request.completed() && request.answered("verdict").equals(ACKNOWLEDGED);
    if (entries.isEmpty()) {
      if (acknowledged && !effect(request).isEmpty()) {
        violations.broken("%s was acknowledged, and is not booked".formatted(name));
      }
    } else if (request.completed() && !acknowledged) {
      violations.broken("%s was refused, and is booked: %s".formatted(name, entries));
    } else {
      effect(request)
          .forEach(
              (account, amount) -> {
                if (entries.getOrDefault(account, 0L) != (long) amount) {
                  violations.broken(
                      "%s changes %s by %d, and booked is %s"
                          .formatted(name, account, amount, entries));
                }
              });
    }
  }

  /** What a request changes of its clients' accounts; the bank's own make up for the rest. */
  private static Map<String, Long> effect(Operation request) {
    long amount = number(request.asked("amount"));
    if (amount == 0) {
      return Map.of();
    }
    return request.action().equals("open")
        ? Map.of(request.asked("account"), amount)
        : Map.of(request.asked("from"), -amount, request.asked("to"), amount);
  }

  private void balance(Operation look) {
    String account = look.asked("account");
    long held = number(look.asked("amount"));
    long sum = sums.getOrDefault(account, 0L);
    if (held != sum) {
      violations.broken("%s holds %d, and its entries sum to %d".formatted(account, held, sum));
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new HistoryFormatException("not an amount: '" + text + "'", e);
    }
  }
}
