package io.holdfast.payment.audit;

import io.holdfast.payment.audit.Effects.Effect;
import io.holdfast.payment.audit.Journal.Line;
import io.holdfast.payment.audit.Journal.Verdict;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.ShardMap;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Compares a {@link Journal} with the database, and the database with itself, in one snapshot.
 *
 * <p>Expects that the journal knows of everything that was ever asked of this ledger, and that the
 * clients have stopped. Rests on the entries alone and works out by itself what they should be.
 */
public final class Audit {

  private static final int ROWS_AT_A_TIME = 1_000;

  private final DataSource connections;
  private final ShardMap map;

  /** Of the ledger behind these connections. */
  public Audit(DataSource connections, ShardMap map) {
    this.connections = connections;
    this.map = map;
  }

  /**
   * Audits. Blocks; takes as long as reading every entry takes.
   *
   * @throws SQLException if the database could not be read to the end; then nothing is known
   */
  public Findings run(Journal journal) throws SQLException {
    try (Connection connection = connections.getConnection()) {
      connection.setAutoCommit(false);
      try (Statement settings = connection.createStatement()) {
        settings.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        settings.execute("SET LOCAL statement_timeout = '5min'");
      }
      Comparison comparison = new Comparison(map, journal.lines());
      readTransfers(connection, comparison);
      comparison.finish();
      Map<Integer, Long> sums = shardSums(connection);
      Findings findings =
          new Findings(
              journal.count(Verdict.ACKNOWLEDGED),
              comparison.lost,
              comparison.duplicates,
              comparison.unresolved,
              sums.values().stream().mapToLong(Long::longValue).sum(),
              nonZero(sums),
              balanceMismatches(connection));
      connection.rollback();
      return findings;
    }
  }

  private static void readTransfers(Connection connection, Comparison comparison)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT t.key, t.refusal, e.account, e.shard, e.amount FROM transfer t"
                + " LEFT JOIN entry e ON e.transfer = t.key ORDER BY t.key")) {
      select.setFetchSize(ROWS_AT_A_TIME);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          comparison.transfer(row.getString(1), Optional.ofNullable(row.getString(2)));
          String account = row.getString(3);
          if (account != null) {
            comparison.entry(new Effect(account, row.getInt(4), row.getLong(5)));
          }
        }
      }
    }
  }

  private static Map<Integer, Long> shardSums(Connection connection) throws SQLException {
    Map<Integer, Long> sums = new TreeMap<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT shard, sum(amount)::bigint FROM entry GROUP BY shard");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        sums.put(row.getInt(1), row.getLong(2));
      }
    }
    return sums;
  }

  private static Map<Integer, Long> nonZero(Map<Integer, Long> sums) {
    Map<Integer, Long> unbalanced = new HashMap<>(sums);
    unbalanced.values().removeIf(sum -> sum == 0);
    return unbalanced;
  }

  private static List<String> balanceMismatches(Connection connection) throws SQLException {
    List<String> mismatches = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT a.id, a.balance, coalesce(sum(e.amount), 0) AS booked FROM account a"
                    + " LEFT JOIN entry e ON e.account = a.id WHERE a.kind = 'CLIENT'"
                    + " GROUP BY a.id HAVING a.balance <> coalesce(sum(e.amount), 0)"
                    + " ORDER BY a.id");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        mismatches.add(
            row.getString(1) + ": balance " + row.getLong(2) + ", entries " + row.getLong(3));
      }
    }
    return mismatches;
  }

  /** The journal against the transfers, which come in the order of their keys. */
  private static final class Comparison {
    final List<String> lost = new ArrayList<>();
    final List<String> duplicates = new ArrayList<>();
    final List<String> unresolved = new ArrayList<>();

    private final ShardMap map;
    private final Map<IdempotencyKey, Line> lines;
    private final Set<IdempotencyKey> seen = new HashSet<>();
    private final List<Effect> effects = new ArrayList<>();
    private Optional<String> current = Optional.empty();
    private Optional<String> refusal = Optional.empty();

    Comparison(ShardMap map, Map<IdempotencyKey, Line> lines) {
      this.map = map;
      this.lines = lines;
    }

    void transfer(String key, Optional<String> refused) {
      if (current.filter(key::equals).isEmpty()) {
        judge();
        current = Optional.of(key);
        refusal = refused;
      }
    }

    void entry(Effect effect) {
      effects.add(effect);
    }

    void finish() {
      judge();
      lines.forEach(
          (key, line) -> {
            if (line.verdict() == Verdict.ACKNOWLEDGED && !seen.contains(key)) {
              lost.add(key + ": acknowledged, and not in the ledger");
            }
            if (line.verdict() == Verdict.UNRESOLVED) {
              unresolved.add(key + ": no definite answer");
            }
          });
    }

    private void judge() {
      if (current.isPresent()) {
        judge(new IdempotencyKey(current.get()));
      }
      effects.clear();
      current = Optional.empty();
    }

    private void judge(IdempotencyKey key) {
      Line line = lines.get(key);
      if (line == null) {
        if (!effects.isEmpty()) {
          duplicates.add(key + ": nobody asked for it");
        }
        return;
      }
      seen.add(key);
      boolean refused = line.verdict() == Verdict.REFUSED;
      boolean acknowledged = line.verdict() == Verdict.ACKNOWLEDGED;
      if (refused && refusal.isEmpty()) {
        duplicates.add(key + ": refused to the client, and booked");
      }
      if (acknowledged && refusal.isPresent()) {
        lost.add(key + ": acknowledged, and refused in the ledger");
      }
      List<Effect> proper =
          refusal.isPresent() ? List.of() : Effects.proper(line.instruction(), map);
      List<Effect> extra = Effects.beyond(effects, proper);
      List<Effect> missing = Effects.beyond(proper, effects);
      if (!extra.isEmpty()) {
        duplicates.add(key + ": beyond its proper entries there is " + extra);
      }
      if (acknowledged && !missing.isEmpty()) {
        lost.add(key + ": of its entries there is no " + missing);
      }
    }
  }
}
