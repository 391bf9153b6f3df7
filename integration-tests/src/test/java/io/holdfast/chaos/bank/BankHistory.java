package io.holdfast.chaos.bank;

import io.holdfast.chaos.check.HistoryCheck;
import io.holdfast.chaos.check.Limits;
import io.holdfast.chaos.fault.FaultOutcome;
import io.holdfast.chaos.history.Event;
import io.holdfast.chaos.history.History;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.DatabaseConfig;
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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
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

  /** Whether the books are what clients were told, and balance. */
  static boolean isValid(ClientJournal journal, Collection<DatabaseConfig> databases)
      throws SQLException {
    History history = new BankHistory().with(journal).withBooks(databases).history(Map.of());
    return HistoryCheck.of(history, Limits.defaults()).result() == HistoryCheck.Result.VALID;
  }

  /** What clients asked, and what they were told. */
  BankHistory with(ClientJournal journal) {
    journal
        .lines()
        .forEach(
            (request, line) ->
                note(request, line, line.asked().legs().map(BankHistory::asked).orElse(Map.of())));
    return this;
  }

  private void note(RequestKey request, Line line, Map<String, String> asked) {
    Map<String, String> values = new HashMap<>(asked);
    values.put("request", request.toString());
    String action = "ask";
    if (asked.containsKey("account")) {
      action = "open";
    } else if (asked.containsKey("from")) {
      action = "pay";
    } else {
      values.put("type", line.asked().type());
    }
    String id = begun(client(request), KEY, action, values, line.begun());
    if (line.verdict() != Verdict.UNKNOWN) {
      String verdict = line.verdict() == Verdict.DONE ? "acknowledged" : "refused";
      ended(id, Map.of("verdict", verdict), line.told());
    }
  }

  /** A key is the client's name and a number, or that of its way through a scenario and a step. */
  private static String client(RequestKey request) {
    return request.key().replaceFirst("(-[0-9]+)?-[^-]*$", "");
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
  BankHistory withBooks(Collection<DatabaseConfig> databases) throws SQLException {
    Map<RequestKey, String> booked = new HashMap<>();
    for (DatabaseConfig each : databases) {
      try (Connection connection = BankDatabases.connect(each)) {
        look(
            connection,
            "SELECT j.caller, j.scope, j.key,"
                + " coalesce(string_agg(e.account || '=' || e.amount, ' '), '')"
                + " FROM journal j LEFT JOIN entry e ON e.shard = j.shard AND e.seq = j.seq"
                + " GROUP BY j.caller, j.scope, j.key",
            row ->
                booked.merge(
                    new RequestKey(row.getString(1), row.getString(2), row.getString(3)),
                    row.getString(4),
                    (some, more) -> (some + " " + more).strip()));
        look(
            connection,
            "SELECT id, posted FROM account WHERE type <> 'SYSTEM'",
            row ->
                seen("balance", Map.of("account", row.getString(1), "amount", row.getString(2))));
      }
    }
    booked.forEach(
        (request, entries) ->
            seen(
                request.caller().equals(Caller.SYSTEM.name()) ? "work" : "book",
                Map.of("request", request.toString(), "entries", entries)));
    return this;
  }

  private interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  private static void look(Connection connection, String query, RowReader reader)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        reader.read(rows);
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
