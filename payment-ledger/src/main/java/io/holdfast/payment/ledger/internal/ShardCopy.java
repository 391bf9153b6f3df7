package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.StaleOwnerException;
import io.holdfast.payment.ledger.internal.TouchedRows.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The rows of a shard on their way to another database. Used by one thread.
 *
 * <p>Rows travel as JSON, in short transactions of many rows each, so nothing is held open for long
 * and no column is named here. A first round takes all rows, while they are being changed; what is
 * changed meanwhile is recorded, and taken again. So there needs to be no snapshot. Journal and
 * entries are only appended to, in the order of {@code seq}, and are taken once.
 *
 * <p>Every write goes by the fence: the target's row of the shard is locked, must have the owner's
 * token, and be ARRIVING by this move.
 */
final class ShardCopy {

  private static final int ROWS = 1_000;
  private static final int JOURNAL_ROWS = 500;

  /** What is only appended to, and events, which come with it. */
  private static final List<String> APPENDED = List.of("journal", "entry", "event");

  private final LedgerDatabase source;
  private final LedgerDatabase target;
  private final int shard;
  private final UUID token;

  /** How often the shard had moved when it came to the source. */
  private final long moves;

  /** Up to here the journal was taken. */
  private long seq;

  private final ShardComparison comparison;

  private long rows;

  private ShardCopy(LedgerDatabase source, LedgerDatabase target, Fence fence, long moves) {
    this.source = source;
    this.target = target;
    this.shard = fence.shard();
    this.token = fence.token().toUuid();
    this.moves = moves;
    this.comparison = new ShardComparison(source, target, shard);
  }

  /** Has the target expect the shard. */
  static ShardCopy announce(LedgerDatabase source, LedgerDatabase target, Fence fence) {
    long moves =
        source.run(
            connection ->
                ShardRow.lock(connection, fence.shard(), fence.token().toUuid(), "state = 'HERE'"));
    ShardCopy copy = new ShardCopy(source, target, fence, moves);
    target.run(
        connection -> {
          ShardRow.seal(connection, fence);
          List<Long> changed = new ArrayList<>();
          new Message(connection)
              .query(
                  row -> changed.add(row.getLong(1)),
                  "UPDATE shard SET state = 'ARRIVING', moves = ?, moved_to = NULL, seq = 0,"
                      + " hash = '' WHERE shard = ? AND state <> 'HERE' AND moves <= ?"
                      + " RETURNING moves",
                  moves + 1,
                  fence.shard(),
                  moves + 1)
              .run();
          if (changed.isEmpty()) {
            throw new LedgerUnavailableException(
                "the database "
                    + target.name()
                    + " has a later state of shard "
                    + fence.shard()
                    + ": is "
                    + source.name()
                    + " older than it?",
                null);
          }
          return true;
        });
    return copy;
  }

  long rows() {
    return rows;
  }

  private <T> T arriving(LedgerDatabase.Work<T> work) {
    return target.run(
        connection -> {
          ShardRow.lock(connection, shard, token, "state = 'ARRIVING' AND moves = " + (moves + 1));
          return work.in(connection);
        });
  }

  /** Removes what an earlier try, or an earlier stay of the shard, has left in the target. */
  void clearTarget() {
    ShardLeftovers.clear(target, shard, token, "state = 'ARRIVING' AND moves = " + (moves + 1));
  }

  /** The shard does not come. */
  void abandon() {
    clearTarget();
    arriving(
        connection -> {
          new Message(connection)
              .change("UPDATE shard SET state = 'ABSENT', moves = 0 WHERE shard = ?", shard)
              .run();
          return true;
        });
  }

  /** Removes what has moved. */
  void clearSource() {
    ShardLeftovers.clear(source, shard, token, "state = 'MOVED' AND moves = " + moves);
  }

  /** The first round. */
  void all() {
    for (Table table : Table.values()) {
      if (!APPENDED.contains(table.sqlName())) {
        all(table);
      }
    }
    journal();
  }

  private void all(Table table) {
    String columns = String.join(", ", table.key());
    String sql =
        "SELECT row_to_json(t)::text, %1$s FROM %2$s t WHERE shard = ? AND (%1$s) > (%3$s) ORDER BY %1$s LIMIT %4$d"
            .formatted(columns, table.sqlName(), marks("?", table), ROWS);
    List<String> last = Collections.nCopies(table.key().size(), "");
    List<String> found = new ArrayList<>();
    do {
      found.clear();
      List<Object> parameters = new ArrayList<>();
      parameters.add(shard);
      parameters.addAll(last);
      List<String> next = new ArrayList<>(last);
      read(
          row -> {
            found.add(row.getString(1));
            for (int i = 0; i < next.size(); i++) {
              next.set(i, row.getString(i + 2));
            }
          },
          sql,
          parameters.toArray());
      last = next;
      if (!found.isEmpty()) {
        arriving(
            connection -> {
              insert(connection, table.sqlName(), found);
              return true;
            });
      }
    } while (found.size() == ROWS);
  }

  private static String marks(String mark, Table table) {
    return String.join(", ", Collections.nCopies(table.key().size(), mark));
  }

  private void read(Message.RowReader reader, String sql, Object... parameters) {
    source.run(
        connection -> {
          new Message(connection).query(reader, sql, parameters).run();
          return true;
        });
  }

  private void insert(Connection connection, String table, List<String> json) throws SQLException {
    if (json.isEmpty()) {
      return;
    }
    rows += json.size();
    new Message(connection)
        .change(
            "INSERT INTO %1$s SELECT * FROM json_populate_recordset(NULL::%1$s, ?::json)"
                .formatted(table),
            "[" + String.join(",", json) + "]")
        .run();
  }

  /** Another round: these rows, and what was appended. */
  void changes(Map<Table, List<List<String>>> touched) {
    journal();
    touched.forEach(
        (table, keys) -> {
          for (int from = 0; from < keys.size(); from += ROWS) {
            changes(table, keys.subList(from, Math.min(from + ROWS, keys.size())));
          }
        });
  }

  private void changes(Table table, List<List<String>> keys) {
    String type = table == Table.EVENT ? "bigint[]" : "text[]";
    String these =
        "FROM unnest(%s) k (%s) WHERE t.shard = ? AND (%s) = (%s)"
            .formatted(
                marks("?::" + type, table),
                String.join(", ", table.key()),
                "t." + String.join(", t.", table.key()),
                "k." + String.join(", k.", table.key()));
    List<String> found = new ArrayList<>();
    source.run(
        connection -> {
          new Message(connection)
              .query(
                  row -> found.add(row.getString(1)),
                  "SELECT row_to_json(t)::text "
                      + these.replace("FROM ", "FROM " + table.sqlName() + " t, "),
                  arrays(connection, table, keys))
              .run();
          return true;
        });
    arriving(
        connection -> {
          new Message(connection)
              .change(
                  "DELETE FROM " + table.sqlName() + " t " + these.replace("FROM ", "USING "),
                  arrays(connection, table, keys))
              .run();
          insert(connection, table.sqlName(), found);
          return true;
        });
  }

  private Object[] arrays(Connection connection, Table table, List<List<String>> keys)
      throws SQLException {
    Object[] arrays = new Object[table.key().size() + 1];
    for (int i = 0; i < table.key().size(); i++) {
      int column = i;
      arrays[i] =
          connection.createArrayOf("text", keys.stream().map(key -> key.get(column)).toArray());
    }
    arrays[table.key().size()] = shard;
    return arrays;
  }

  /** What was appended since. */
  private void journal() {
    long end = position().seq();
    while (seq < end) {
      long to = Math.min(seq + JOURNAL_ROWS, end);
      List<List<String>> found = new ArrayList<>();
      for (String table : APPENDED) {
        List<String> some = new ArrayList<>();
        read(
            row -> some.add(row.getString(1)),
            "SELECT row_to_json(t)::text FROM "
                + table
                + " t WHERE shard = ? AND seq > ? AND seq <= ? ORDER BY seq",
            shard,
            seq,
            to);
        found.add(some);
      }
      arriving(
          connection -> {
            for (int i = 0; i < found.size(); i++) {
              insert(connection, APPENDED.get(i), found.get(i));
            }
            return true;
          });
      seq = to;
    }
  }

  private record Position(long seq, String hash) {}

  private Position position() {
    List<Position> found = new ArrayList<>();
    read(
        row -> found.add(new Position(row.getLong(1), row.getString(2))),
        "SELECT seq, encode(hash, 'hex') FROM shard WHERE shard = ?",
        shard);
    return found.get(0);
  }

  /** True if a transaction over several shards is under way here. */
  boolean hasBranches() {
    List<Boolean> found = new ArrayList<>();
    read(
        row -> found.add(row.getBoolean(1)),
        "SELECT EXISTS (SELECT FROM branch WHERE shard = ?)",
        shard);
    return found.get(0);
  }

  /**
   * Compares as much of the journal as was taken, so that less is left to {@link #finish}.
   *
   * @throws LedgerUnavailableException if it is not the same
   */
  void compareJournal() {
    comparison.journal(seq);
  }

  /**
   * Says where the journal ends, and compares the two, while the shard is at rest.
   *
   * @throws LedgerUnavailableException if they are not the same
   */
  void finish() {
    Position end = position();
    arriving(
        connection -> {
          new Message(connection)
              .change(
                  "UPDATE shard SET seq = ?, hash = decode(?, 'hex') WHERE shard = ?",
                  end.seq(),
                  end.hash(),
                  shard)
              .run();
          return true;
        });
    comparison.journal(seq);
    comparison.all();
  }

  /**
   * The point of no return.
   *
   * @throws StaleOwnerException if somebody else owns the shard; no effect
   * @throws LedgerUnavailableException no effect
   * @throws io.holdfast.payment.ledger.OutcomeUnknownException perhaps
   */
  void leave() {
    source.run(
        connection -> {
          ShardRow.lock(connection, shard, token, "state = 'HERE' AND moves = " + moves);
          List<Long> left = new ArrayList<>();
          new Message(connection)
              .query(
                  row -> left.add(row.getLong(1)),
                  "UPDATE shard SET state = 'MOVED', moved_to = ? WHERE shard = ? AND seq = ?"
                      + " AND NOT EXISTS (SELECT FROM branch WHERE shard = ?) RETURNING seq",
                  target.name(),
                  shard,
                  seq,
                  shard)
              .run();
          if (left.isEmpty()) {
            throw new LedgerUnavailableException("shard " + shard + " was not at rest", null);
          }
          return true;
        });
  }
}
