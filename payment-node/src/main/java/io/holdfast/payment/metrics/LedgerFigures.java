package io.holdfast.payment.metrics;

import io.holdfast.payment.ledger.Ledger;
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
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
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

  private static final Seen NOTHING = seen(i -> 0);
  private static final Seen UNKNOWN = seen(i -> Double.NaN);

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
           WHERE due <= clock_timestamp() ORDER BY due LIMIT 1) first),
        count(*) FILTER (WHERE processing),
        extract(epoch FROM clock_timestamp() - min(asked) FILTER (WHERE processing))
      FROM (SELECT kind = 'topup' AND body->>'state' = 'PROCESSING' AS processing,
          (body->>'requestedAt')::timestamptz AS asked
        FROM document JOIN mine USING (shard)
        WHERE due <= clock_timestamp() + interval '7 minutes' LIMIT %1$d) soon
      """
          .formatted(MOST);

  private static final int FIGURES = 8;

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
   * @param topUps whose outcome is unknown; they are due every few minutes
   * @param topUpAge since the oldest of them was asked for
   */
  record Seen(
      double inDoubt,
      double inDoubtOverdue,
      double events,
      double eventAge,
      double due,
      double dueOverdue,
      double topUps,
      double topUpAge) {

    Seen and(Seen other) {
      return new Seen(
          inDoubt + other.inDoubt,
          Math.max(inDoubtOverdue, other.inDoubtOverdue),
          events + other.events,
          Math.max(eventAge, other.eventAge),
          due + other.due,
          Math.max(dueOverdue, other.dueOverdue),
          topUps + other.topUps,
          Math.max(topUpAge, other.topUpAge));
    }
  }

  /** In the order of the columns. A clock that is behind makes no time less than zero. */
  private static Seen seen(IntToDoubleFunction column) {
    double[] read = IntStream.range(0, FIGURES).mapToDouble(column).toArray();
    return new Seen(
        read[0],
        Math.max(0, read[1]),
        read[2],
        Math.max(0, read[3]),
        read[4],
        Math.max(0, read[5]),
        read[6],
        Math.max(0, read[7]));
  }

  private final Ledger ledger;
  private final Supplier<Set<Integer>> owned;
  private volatile Seen seen = UNKNOWN;

  /** By shard, what it was off by when it was summed last. */
  private final Map<Integer, Double> sums = new ConcurrentHashMap<>();

  /** Guarded by this, as is what follows: what the databases are being asked. */
  private CompletableFuture<Seen> asked = CompletableFuture.completedFuture(UNKNOWN);

  private CompletableFuture<Void> looking = CompletableFuture.completedFuture(null);
  private long lookedAt = System.nanoTime() - FRESH_NANOS;
  private long summedAt = System.nanoTime() - SUMS_FRESH_NANOS;
  private int summedLast = -1;

  LedgerFigures(Ledger ledger, Supplier<Set<Integer>> owned) {
    this.ledger = ledger;
    this.owned = owned;
  }

  /** How many shards are owned here. */
  int owned() {
    return owned.get().size();
  }

  /** How many there are. */
  int shards() {
    return ledger.map().shards();
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
    return sums.isEmpty() && !owned.get().isEmpty()
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
    NavigableSet<Integer> mine = new TreeSet<>(owned.get());
    sums.keySet().retainAll(mine);
    Set<Integer> summed = toSum(mine, now);
    asked = look(mine, summed);
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
  private Set<Integer> toSum(NavigableSet<Integer> mine, long now) {
    Set<Integer> next = new TreeSet<>();
    if (now - summedAt >= SUMS_FRESH_NANOS) {
      summedAt = now;
      Stream.concat(mine.tailSet(summedLast, false).stream(), mine.stream())
          .limit(SUMMED_AT_ONCE)
          .forEach(
              shard -> {
                next.add(shard);
                summedLast = shard;
              });
    }
    return next;
  }

  private CompletableFuture<Seen> look(Set<Integer> mine, Set<Integer> summed) {
    CompletableFuture<Seen> all = CompletableFuture.completedFuture(NOTHING);
    for (Set<Integer> there : ledger.shardsByDatabase().values()) {
      TreeSet<Integer> shards = new TreeSet<>(mine);
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
    return seen(ask(connection, ROWS, shards, FIGURES)::get);
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
