package io.holdfast.payment.ledger.audit;

import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The journal rows of transactions over several shards, those of each together, whatever database
 * they are in: each database gives its own by the name of the transaction, and they are merged.
 *
 * <p>In each shard the clearing account takes what the others give. So these entries sum to zero if
 * no shard's row is missing that moved anything.
 */
final class Transactions {

  private static final String ROWS =
      """
      SELECT j.transaction, j.shard, j.type, j.caller, j.scope, j.key, e.currency, e.amount
      FROM journal j LEFT JOIN entry e
        ON e.shard = j.shard AND e.seq = j.seq AND e.account LIKE 'clearing:%'
      WHERE j.transaction IS NOT NULL AND j.shard = ANY (?)
      ORDER BY j.transaction, j.shard, j.seq
      """;

  /** A clearing entry, or none, of a transaction in a shard. */
  private record Part(
      String transaction,
      int shard,
      String type,
      RequestKey key,
      Optional<String> currency,
      long amount) {}

  /** The parts in one database, in order. */
  private static final class Source implements AutoCloseable {
    private final PreparedStatement query;
    private final ResultSet row;

    Source(Snapshot snapshot) throws SQLException {
      query = snapshot.prepare(ROWS, snapshot.here());
      try {
        row = query.executeQuery();
      } catch (SQLException e) {
        query.close();
        throw e;
      }
    }

    Optional<Head> next() throws SQLException {
      return row.next()
          ? Optional.of(
              new Head(
                  new Part(
                      row.getString(1),
                      row.getInt(2),
                      row.getString(3),
                      new RequestKey(row.getString(4), row.getString(5), row.getString(6)),
                      Optional.ofNullable(row.getString(7)),
                      row.getLong(8)),
                  this))
          : Optional.empty();
    }

    @Override
    public void close() throws SQLException {
      query.close();
    }
  }

  private record Head(Part part, Source source) {}

  private final Notes notes;
  private final int shards;
  private final Set<String> undecided;

  /**
   * Of a ledger.
   *
   * @param undecided of which parts may be missing
   */
  Transactions(Notes notes, int shards, Set<String> undecided) {
    this.notes = notes;
    this.shards = shards;
    this.undecided = undecided;
  }

  void check(List<Snapshot> snapshots) throws SQLException {
    List<Source> sources = new ArrayList<>();
    try {
      PriorityQueue<Head> heads =
          new PriorityQueue<>(Comparator.comparing(head -> head.part().transaction()));
      for (Snapshot each : snapshots) {
        Source source = new Source(each);
        sources.add(source);
        source.next().ifPresent(heads::add);
      }
      List<Part> parts = new ArrayList<>();
      for (Head head = heads.poll(); head != null; head = heads.poll()) {
        if (!parts.isEmpty() && !parts.get(0).transaction().equals(head.part().transaction())) {
          judge(parts);
          parts.clear();
        }
        parts.add(head.part());
        head.source().next().ifPresent(heads::add);
      }
      if (!parts.isEmpty()) {
        judge(parts);
      }
    } finally {
      for (Source each : sources) {
        each.close();
      }
    }
  }

  private void judge(List<Part> parts) {
    notes.looked(Check.TRANSACTION);
    String transaction = parts.get(0).transaction();
    if (undecided.contains(transaction)) {
      return;
    }
    Set<Integer> where = new TreeSet<>();
    Set<RequestKey> keys = new HashSet<>();
    Set<String> types = new HashSet<>();
    Map<String, BigInteger> sums = new TreeMap<>();
    for (Part part : parts) {
      where.add(part.shard());
      keys.add(part.key());
      types.add(part.type());
      part.currency()
          .ifPresent(
              currency -> sums.merge(currency, BigInteger.valueOf(part.amount()), BigInteger::add));
    }
    sums.values().removeIf(sum -> sum.signum() == 0);
    RequestKey key = parts.get(0).key();
    String what = "transaction " + transaction + ", " + key + ", in the shards " + where;
    if (keys.size() > 1 || types.size() > 1) {
      wrong(what + ", is of several requests: " + keys + " " + types);
    } else if (!where.contains(key.home(shards))) {
      wrong(what + ", is not in the shard that executed it, " + key.home(shards));
    } else if (where.size() == 1) {
      wrong(what + ", is in no other shard");
    } else if (!sums.isEmpty()) {
      wrong(what + ", is not whole: clearing accounts keep " + sums);
    }
  }

  private void wrong(String what) {
    notes.wrong(Check.TRANSACTION, "ledger", what);
  }
}
