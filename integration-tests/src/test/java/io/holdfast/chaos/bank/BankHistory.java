package io.holdfast.chaos.bank;

import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
import io.holdfast.payment.audit.Journal;
import io.holdfast.payment.audit.Journal.Verdict;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.old.Instruction;
import io.holdfast.payment.old.OpenAccount;
import io.holdfast.payment.old.Transfer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run of the bank as a history that is judged like any other: what clients asked and were told,
 * what was hurt, and what the ledger held when all was over.
 */
final class BankHistory {

  private static final String KEY = "bank/ledger";
  private static final String LEDGER = "ledger";

  private final List<Event> events = new ArrayList<>();
  private int count;

  /** What clients asked, by the keys of their requests, and what they were told. */
  BankHistory with(Journal journal) {
    journal
        .lines()
        .forEach(
            (request, line) -> {
              String id =
                  begun(client(request), KEY, action(line), asked(request, line), line.asked());
              if (line.verdict() != Verdict.UNRESOLVED) {
                String verdict = line.verdict().name().toLowerCase(Locale.ROOT);
                ended(id, Map.of("verdict", verdict), line.told());
              }
            });
    return this;
  }

  /** A key is the client's name and a number. */
  private static String client(IdempotencyKey request) {
    return request.value().substring(0, request.value().lastIndexOf('-'));
  }

  private static String action(Journal.Line line) {
    return line.instruction() instanceof OpenAccount ? "open" : "pay";
  }

  private static Map<String, String> asked(IdempotencyKey request, Journal.Line line) {
    Map<String, String> asked = new HashMap<>(asked(line.instruction()));
    asked.put("request", request.value());
    return asked;
  }

  private static Map<String, String> asked(Instruction instruction) {
    if (instruction instanceof OpenAccount opening) {
      long amount = opening.openingBalance().minorUnits();
      return Map.of("account", opening.account().value(), "amount", Long.toString(amount));
    }
    Transfer transfer = (Transfer) instruction;
    return Map.of(
        "from", transfer.from().value(),
        "to", transfer.to().value(),
        "amount", Long.toString(transfer.amount().minorUnits()));
  }

  /** What was hurt, and when. */
  BankHistory with(List<FaultOutcome> faultOutcomes) {
    for (FaultOutcome faultOutcome : faultOutcomes) {
      String id =
          begun(
              "nemesis",
              "fault/" + faultOutcome.fault(),
              "hurt",
              Map.of(),
              faultOutcome.injected());
      ended(
          id,
          Map.of("what", faultOutcome.what(), "bit", Boolean.toString(faultOutcome.bitten())),
          faultOutcome.healed());
    }
    return this;
  }

  /** What the ledger holds now, once the clients have stopped. */
  BankHistory with(Connection connection) throws SQLException {
    look(
        connection,
        "SELECT t.key, coalesce(string_agg(e.account || '=' || e.amount, ' '), '')"
            + " FROM transfer t LEFT JOIN entry e ON e.transfer = t.key GROUP BY t.key",
        "book",
        List.of("request", "entries"));
    look(
        connection,
        "SELECT id, balance FROM account WHERE kind = 'CLIENT'",
        "balance",
        List.of("account", "amount"));
    return this;
  }

  /** How many writes of owners that had been succeeded the ledger refused. */
  BankHistory withRefused(long stale) {
    long now = System.nanoTime();
    for (long i = 0; i < stale; i++) {
      ended(begun(LEDGER, KEY, "stale", Map.of(), now), Map.of("accepted", "false"), now);
    }
    return this;
  }

  private void look(Connection connection, String query, String action, List<String> names)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        Map<String, String> seen =
            Map.of(names.get(0), row.getString(1), names.get(1), row.getString(2));
        long now = System.nanoTime();
        ended(begun(LEDGER, KEY, action, seen, now), Map.of(), now);
      }
    }
  }

  private String begun(
      String process, String key, String action, Map<String, String> values, long nanos) {
    String id = process + "-" + ++count;
    events.add(new Event(Event.Type.INVOKE, id, nanos, process, key, action, values));
    return id;
  }

  private void ended(String id, Map<String, String> values, long nanos) {
    events.add(new Event(Event.Type.OK, id, nanos, "", "", "", values));
  }

  /** All of it. */
  History history(Map<String, String> about) {
    return new History(about, events);
  }
}
