package io.holdfast.payment.metrics;

import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.shard.ShardGates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the databases say of this node's shards, asked for now and then. Thread-safe. */
final class LedgerFigures {

  private static final Logger LOG = LoggerFactory.getLogger(LedgerFigures.class);
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long SUMS_FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long PATIENCE_SECONDS = 3;

  /** Of so many shards the accounts are summed at once; over 100,000 rows that takes a while. */
  private static final int SUMMED_AT_ONCE = 16;

  /** Rows are counted up to here; more of them cost more, and say no more. */
  private static final int MOST = 10_000;

  private static final Seen NOTHING = new Seen(0, 0, 0, 0, 0, 0);
  private static final Seen UNKNOWN =
      new Seen(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  private static final String ROWS =
      """
      WITH mine AS (SELECT unnest(?::int[]) AS shard)
      SELECT
        (SELECT count(*) FROM branch JOIN mine USING (shard)),
        (SELECT extract(epoch FROM clock_timestamp() - min(deadline))
         FROM branch JOIN mine USING (shard)),
        (SELECT count(*) FROM (SELECT FROM event JOIN mine USING (shard) LIMIT %1$d) counted),
        (SELECT extract(epoch FROM clock_timestamp() - min(first.at))
         FROM mine CROSS JOIN LATERAL
           (SELECT at FROM event WHERE event.shard = mine.shard ORDER BY seq, number LIMIT 1) first),
        (SELECT count(*) FROM (SELECT FROM document JOIN mine USING (shard)
         WHERE due <= clock_timestamp() LIMIT %1$d) counted),
        (SELECT extract(epoch FROM clock_timestamp() - min(first.due)) FROM
          (SELECT due FROM document JOIN mine USING (shard)
           WHERE due <= clock_timestamp() ORDER BY due LIMIT 1) first)
      """
          .formatted(MOST);

  /** The entries of a journal row sum to zero, and so do the accounts of a shard. */
  private static final String SUMS =
      """
      SELECT coalesce(sum(abs(total)), 0) FROM
        (SELECT sum(posted) AS total FROM account WHERE shard = ANY (?::int[])
         GROUP BY shard, currency) sums
      """;

  /**
   * The figures. Times are seconds, 0 if there is nothing of the kind.
   *
   * @param inDoubtOverdue since the oldest undecided branch should have been decided
   * @param events not delivered
   * @param due documents whose time has come
   */
  record Seen(
      double inDoubt,
      double inDoubtOverdue,
      double events,
      double eventAge,
      double due,
      double dueOverdue) {

    Seen and(Seen other) {
      return new Seen(
          inDoubt + other.inDoubt,
          Math.max(inDoubtOverdue, other.inDoubtOverdue),
          events + other.events,
          Math.max(eventAge, other.eventAge),
          due + other.due,
          Math.max(dueOverdue, other.dueOverdue));
    }
  }

  private final Ledger ledger;
  private final ShardGates gates;
  private volatile Seen seen = UNKNOWN;

  /** By shard, what it was off by when it was summed last. */
  private final Map<Integer, Double> sums = new ConcurrentHashMap<>();

  /** Guarded by this, as is what follows: what the databases are being asked. */
  private CompletableFuture<Seen> asked = CompletableFuture.completedFuture(UNKNOWN);

  private CompletableFuture<Void> looking = CompletableFuture.completedFuture(null);
  private long lookedAt = System.nanoTime() - FRESH_NANOS;
  private long summedAt = System.nanoTime() - SUMS_FRESH_NANOS;
  private int summedLast = -1;

  LedgerFigures(Ledger ledger, ShardGates gates) {
    this.ledger = ledger;
    this.gates = gates;
  }

  /** What was seen last. */
  Seen seen() {
    return seen;
  }

  /**
   * What the accounts of shards do not sum to zero by, in minor units of whatever currency; NaN if
   * that is not known.
   */
  double imbalance() {
    return sums.isEmpty() && !gates.owned().isEmpty()
        ? Double.NaN
        : sums.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /**
   * Completes when what was seen is fresh, or cannot be made so in time. Never fails. Databases
   * that are slow to tell are not asked again before they have.
   */
  synchronized CompletableFuture<Void> refresh() {
    long now = System.nanoTime();
    if (!looking.isDone() || now - lookedAt < FRESH_NANOS) {
      return looking;
    }
    lookedAt = now;
    if (!asked.isDone()) {
      return looking;
    }
    NavigableSet<Integer> owned = new TreeSet<>(gates.owned().stream().map(Fence::shard).toList());
    sums.keySet().retainAll(owned);
    Set<Integer> summed = toSum(owned, now);
    asked = look(owned, summed);
    looking =
        asked
            .copy()
            .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .exceptionally(
                failure -> {
                  LOG.debug("the databases do not tell their figures", failure);
                  summed.forEach(shard -> sums.put(shard, Double.NaN));
                  return UNKNOWN;
                })
            .thenAccept(fresh -> seen = fresh);
    return looking;
  }

  /** The next ones in turn, if it is time. */
  private Set<Integer> toSum(NavigableSet<Integer> owned, long now) {
    Set<Integer> next = new TreeSet<>();
    if (now - summedAt >= SUMS_FRESH_NANOS) {
      summedAt = now;
      Stream.concat(owned.tailSet(summedLast, false).stream(), owned.stream())
          .limit(SUMMED_AT_ONCE)
          .forEach(
              shard -> {
                next.add(shard);
                summedLast = shard;
              });
    }
    return next;
  }

  private CompletableFuture<Seen> look(Set<Integer> owned, Set<Integer> summed) {
    CompletableFuture<Seen> all = CompletableFuture.completedFuture(NOTHING);
    for (Set<Integer> there : ledger.shardsByDatabase().values()) {
      TreeSet<Integer> shards = new TreeSet<>(owned);
      shards.retainAll(there);
      if (!shards.isEmpty()) {
        all =
            all.thenCombine(
                ledger.query(shards.first(), connection -> ask(connection, shards, summed)),
                Seen::and);
      }
    }
    return all;
  }

  private Seen ask(Connection connection, Set<Integer> shards, Set<Integer> summed)
      throws SQLException {
    for (int shard : shards) {
      if (summed.contains(shard)) {
        sums.put(shard, ask(connection, SUMS, Set.of(shard), 1).get(0));
      }
    }
    List<Double> rows = ask(connection, ROWS, shards, 6);
    return new Seen(
        rows.get(0),
        Math.max(0, rows.get(1)),
        rows.get(2),
        Math.max(0, rows.get(3)),
        rows.get(4),
        Math.max(0, rows.get(5)));
  }

  private static List<Double> ask(
      Connection connection, String query, Set<Integer> shards, int columns) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setArray(1, connection.createArrayOf("int4", shards.toArray()));
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        List<Double> values = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
          values.add(result.getDouble(column));
        }
        return values;
      }
    }
  }
}
