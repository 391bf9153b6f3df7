package io.holdfast.chaos.bank;

import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.ledger.audit.ClientJournal.Leg;
import io.holdfast.payment.ledger.audit.ClientJournal.Line;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import io.holdfast.payment.ledger.audit.RequestKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A run of the bank as a history that is judged like any other: what clients asked and were told,
 * what was hurt, and what the ledger held when all was over.
 */
final class BankHistory {

  private static final String KEY = "bank/ledger";
  private static final String LEDGER = "ledger";

  private final List<Event> events = new ArrayList<>();
  private int count;

  /** What clients asked that moves money, and what they were told. */
  BankHistory with(ClientJournal journal) {
    journal
        .lines()
        .forEach(
            (request, line) ->
                line.asked()
                    .legs()
                    .ifPresent(legs -> note(request, line, client(request), asked(legs))));
    return this;
  }

  private void note(RequestKey request, Line line, String client, Map<String, String> asked) {
    Map<String, String> values = new HashMap<>(asked);
    values.put("request", request.key());
    String action = asked.containsKey("account") ? "open" : "pay";
    String id = begun(client, KEY, action, values, line.begun());
    if (line.verdict() != Verdict.UNKNOWN) {
      String verdict = line.verdict() == Verdict.DONE ? "acknowledged" : "refused";
      ended(id, Map.of("verdict", verdict), line.told());
    }
  }

  /** A key is the client's name and a number. */
  private static String client(RequestKey request) {
    return request.key().substring(0, request.key().lastIndexOf('-'));
  }

  /** Money from one account to another, or brought in against the ledger's equity. */
  private static Map<String, String> asked(List<Leg> legs) {
    Map<String, String> asked = new HashMap<>();
    boolean broughtIn = legs.stream().anyMatch(leg -> leg.account().indexOf(':') >= 0);
    for (Leg leg : legs) {
      if (leg.amount() > 0) {
        asked.put(broughtIn ? "account" : "to", leg.account());
        asked.put("amount", Long.toString(leg.amount()));
      } else if (!broughtIn) {
        asked.put("from", leg.account());
      }
    }
    return asked;
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

  /** What the ledger holds now in all of its databases, once the clients have stopped. */
  BankHistory withBooks(List<Connection> databases) throws SQLException {
    Map<String, String> booked = new TreeMap<>();
    for (Connection each : databases) {
      look(
          each,
          "SELECT j.key, coalesce(string_agg(e.account || '=' || e.amount, ' '), '')"
              + " FROM journal j LEFT JOIN entry e ON e.shard = j.shard AND e.seq = j.seq"
              + " GROUP BY j.key",
          (request, entries) ->
              booked.merge(request, entries, (some, more) -> (some + " " + more).strip()));
      look(
          each,
          "SELECT id, posted FROM account WHERE type <> 'SYSTEM'",
          (account, amount) -> seen("balance", Map.of("account", account, "amount", amount)));
    }
    booked.forEach(
        (request, entries) -> seen("book", Map.of("request", request, "entries", entries)));
    return this;
  }

  private static void look(Connection connection, String query, BiConsumer<String, String> row)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        row.accept(rows.getString(1), rows.getString(2));
      }
    }
  }

  private void seen(String action, Map<String, String> what) {
    long now = System.nanoTime();
    ended(begun(LEDGER, KEY, action, what, now), Map.of(), now);
  }

  /** How many writes of owners that had been succeeded the ledger refused. */
  BankHistory withRefused(long stale) {
    long now = System.nanoTime();
    for (long i = 0; i < stale; i++) {
      ended(begun(LEDGER, KEY, "stale", Map.of(), now), Map.of("accepted", "false"), now);
    }
    return this;
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
