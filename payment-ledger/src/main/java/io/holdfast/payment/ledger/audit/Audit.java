package io.holdfast.payment.ledger.audit;

import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.DatabaseConfig;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An audit of a whole ledger, in all of its databases: of everything that {@link Check} names.
 * Rests on the tables alone, and works out by itself what they should hold.
 *
 * <p>The ledger must be at rest: clients have stopped, and {@link #underWay} is zero. The databases
 * are looked at in one snapshot each; that nothing was booked or promised between the first and the
 * last of them is checked, and is a finding if it was.
 *
 * <p>Reads every row once or twice, a thousand at a time. What it keeps in memory are the accounts
 * of one shard at a time, and what the clients were told.
 *
 * <p>Connects as the ledger does, and needs the permission to make temporary views: the scenarios'
 * rules look at the shards that are in a database, and not at what is left there of others.
 *
 * <p>What no audit can find out from the databases alone: a journal that somebody has written anew
 * from some row to its end, with all hashes, balances and requests, in every database concerned.
 */
public final class Audit {

  private static final int TRIES = 10;
  private static final String LEDGER = "ledger";

  private final Map<String, DatabaseConfig> databases;
  private final List<AuditRule> rules;

  /**
   * Of a ledger.
   *
   * @param databases all of them, by their names in the ledger
   * @param rules of its scenarios
   */
  public Audit(Map<String, DatabaseConfig> databases, List<AuditRule> rules) {
    this.databases = new TreeMap<>(databases);
    this.rules = List.copyOf(rules);
  }

  /** Work on snapshots. */
  private interface Work<T> {
    T on(List<Snapshot> snapshots) throws SQLException;
  }

  private <T> T withSnapshots(Work<T> work) throws SQLException {
    return withSnapshots(List.copyOf(databases.entrySet()), new ArrayList<>(), work);
  }

  private static <T> T withSnapshots(
      List<Map.Entry<String, DatabaseConfig>> all, List<Snapshot> open, Work<T> work)
      throws SQLException {
    if (open.size() == all.size()) {
      return work.on(open);
    }
    Map.Entry<String, DatabaseConfig> next = all.get(open.size());
    try (Snapshot snapshot = Snapshot.open(next.getKey(), next.getValue())) {
      open.add(snapshot);
      return withSnapshots(all, open, work);
    }
  }

  /**
   * How many parts of transactions and requests wait for a decision. Blocks, for a moment only.
   *
   * @throws SQLException if a database could not be asked
   */
  public int underWay() throws SQLException {
    return withSnapshots(
        snapshots -> {
          int count = 0;
          for (Snapshot each : snapshots) {
            count += each.underWay();
          }
          return count;
        });
  }

  /**
   * Audits the books alone. Blocks; takes as long as reading all of them.
   *
   * @throws SQLException if a database could not be read to the end; then nothing is known
   */
  public Findings run() throws SQLException {
    return run(new ClientJournal());
  }

  /**
   * Audits the books, and what clients were told against them.
   *
   * @throws SQLException if a database could not be read to the end; then nothing is known
   */
  public Findings run(ClientJournal clients) throws SQLException {
    for (int tries = 1; ; tries++) {
      boolean last = tries == TRIES;
      List<Findings> findings =
          withSnapshots(
              snapshots -> {
                List<String> progress = progress(snapshots);
                boolean still = withSnapshots(Audit::progress).equals(progress);
                return still || last ? List.of(judge(snapshots, clients, still)) : List.of();
              });
      if (!findings.isEmpty()) {
        return findings.get(0);
      }
    }
  }

  /** Also makes the snapshots: they are of the moment of their first query. */
  private static List<String> progress(List<Snapshot> snapshots) throws SQLException {
    List<String> all = new ArrayList<>();
    for (Snapshot each : snapshots) {
      all.add(each.progress());
    }
    return all;
  }

  private Findings judge(List<Snapshot> snapshots, ClientJournal clients, boolean still)
      throws SQLException {
    Notes notes = new Notes();
    if (!still) {
      notes.wrong(
          Check.UNDER_WAY,
          LEDGER,
          "the ledger is in use: its databases could not be looked at in the same moment");
    }
    judge(snapshots, rules, clients, notes);
    return notes.findings();
  }

  static void judge(
      List<Snapshot> snapshots, List<AuditRule> rules, ClientJournal clients, Notes notes)
      throws SQLException {
    int shards = new Placement(notes).check(snapshots);
    UnderWay underWay = new UnderWay(notes);
    Answers answers = new Answers(clients, notes, shards);
    Map<String, BigInteger> clearing = new TreeMap<>();
    for (Snapshot each : snapshots) {
      underWay.check(each);
      for (int shard : each.here()) {
        shard(each, shard, shards, notes, answers, clearing);
      }
    }
    new Transactions(notes, shards, underWay.transactions()).check(snapshots);
    if (underWay.transactions().isEmpty()) {
      clearing(clearing, notes);
    }
    answers.judge();
    for (AuditRule rule : rules) {
      for (Snapshot each : snapshots) {
        notes.looked(Check.RULE);
        rule(List.of(each), each.name(), rule, all -> rule.violations(all.get(0)), notes);
      }
      rule(snapshots, LEDGER, rule, rule::violationsAcross, notes);
    }
  }

  private static void shard(
      Snapshot snapshot,
      int shard,
      int shards,
      Notes notes,
      Answers answers,
      Map<String, BigInteger> clearing)
      throws SQLException {
    String where = snapshot.name() + ", shard " + shard;
    Chain chain = new Chain(notes, where);
    Balances balances = new Balances(notes, where);
    try (EffectCursor cursor = new EffectCursor(snapshot, shard)) {
      cursor.read(
          new EffectCursor.Reader() {
            @Override
            public void effect(Effect effect) {
              chain.add(effect);
              balances.add(effect);
              answers.effect(effect, where);
            }

            @Override
            public void orphan(Effect.Entry entry) {
              chain.orphan(entry);
              balances.add(entry);
            }
          });
    }
    snapshot.each(
        row -> chain.end(row.getLong(1), row.getString(2)),
        "SELECT seq, encode(hash, 'hex') FROM shard WHERE shard = ?",
        shard);
    balances.end(clearing);
    new Accounts(snapshot, notes, shard, shards, where).check(balances);
    new Operations(snapshot, notes, answers, shard, shards, where).check();
  }

  private static void clearing(Map<String, BigInteger> clearing, Notes notes) {
    notes.looked(Check.CLEARING, clearing.size());
    clearing.forEach(
        (currency, sum) -> {
          if (sum.signum() != 0) {
            notes.wrong(
                Check.CLEARING, LEDGER, "the clearing accounts keep " + sum + " " + currency);
          }
        });
  }

  /** A rule that damaged rows keep from being checked is not kept. */
  private static void rule(
      List<Snapshot> snapshots, String where, AuditRule rule, Look look, Notes notes)
      throws SQLException {
    List<Connection> connections = snapshots.stream().map(Snapshot::connection).toList();
    List<Savepoint> before = new ArrayList<>();
    for (Connection each : connections) {
      before.add(each.setSavepoint());
    }
    List<String> violations;
    try {
      for (Snapshot each : snapshots) {
        each.booksOnly();
      }
      violations = look.at(connections);
    } catch (SQLException e) {
      violations = List.of("cannot be checked: " + e.getMessage());
    }
    for (int i = 0; i < before.size(); i++) {
      connections.get(i).rollback(before.get(i));
    }
    violations.forEach(each -> notes.wrong(Check.RULE, where, rule.name() + ": " + each));
  }

  /** What a rule finds. */
  private interface Look {
    List<String> at(List<Connection> snapshots) throws SQLException;
  }
}
