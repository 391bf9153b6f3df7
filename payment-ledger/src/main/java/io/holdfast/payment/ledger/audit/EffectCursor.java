package io.holdfast.payment.ledger.audit;

import io.holdfast.payment.ledger.audit.Effect.Entry;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The journal of a shard with its entries, row by row: two queries read side by side. */
final class EffectCursor implements AutoCloseable {

  /** Takes what is read. */
  interface Reader {
    void effect(Effect effect);

    /** An entry that no journal row has. */
    void orphan(Entry entry);
  }

  private final int shard;
  private final PreparedStatement journal;
  private final PreparedStatement entries;
  private Optional<Entry> ahead = Optional.empty();

  EffectCursor(Snapshot snapshot, int shard) throws SQLException {
    this.shard = shard;
    this.journal =
        snapshot.prepare(
            "SELECT seq, (extract(epoch FROM at) * 1000000)::bigint, type, caller, scope, key,"
                + " transaction, request, encode(hash, 'hex')"
                + " FROM journal WHERE shard = ? ORDER BY seq",
            shard);
    this.entries =
        snapshot.prepare(
            "SELECT seq, leg, account, currency, amount, balance"
                + " FROM entry WHERE shard = ? ORDER BY seq, leg",
            shard);
  }

  void read(Reader reader) throws SQLException {
    try (ResultSet row = journal.executeQuery();
        ResultSet entry = entries.executeQuery()) {
      ahead = next(entry);
      while (row.next()) {
        long seq = row.getLong(1);
        orphansBefore(seq, entry, reader);
        List<Entry> legs = new ArrayList<>();
        while (ahead.isPresent() && ahead.get().seq() == seq) {
          legs.add(ahead.get());
          ahead = next(entry);
        }
        reader.effect(effect(row, legs));
      }
      orphansBefore(Long.MAX_VALUE, entry, reader);
    }
  }

  private void orphansBefore(long seq, ResultSet entry, Reader reader) throws SQLException {
    while (ahead.isPresent() && ahead.get().seq() < seq) {
      reader.orphan(ahead.get());
      ahead = next(entry);
    }
  }

  private Effect effect(ResultSet row, List<Entry> legs) throws SQLException {
    return new Effect(
        shard,
        row.getLong(1),
        row.getLong(2),
        row.getString(3),
        new RequestKey(row.getString(4), row.getString(5), row.getString(6)),
        Optional.ofNullable(row.getString(7)),
        row.getString(8),
        row.getString(9),
        legs);
  }

  private static Optional<Entry> next(ResultSet row) throws SQLException {
    return row.next()
        ? Optional.of(
            new Entry(
                row.getLong(1),
                row.getInt(2),
                row.getString(3),
                row.getString(4),
                row.getLong(5),
                row.getObject(6, Long.class)))
        : Optional.empty();
  }

  @Override
  public void close() throws SQLException {
    try (journal) {
      entries.close();
    }
  }
}
