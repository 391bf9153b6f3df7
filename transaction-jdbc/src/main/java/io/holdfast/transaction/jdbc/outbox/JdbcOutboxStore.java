package io.holdfast.transaction.jdbc.outbox;

import io.holdfast.fence.JdbcFence;
import io.holdfast.lock.FencingToken;
import io.holdfast.transaction.jdbc.internal.LocalTransactions;
import io.holdfast.transaction.jdbc.internal.Sql;
import io.holdfast.transaction.outbox.DeliveryMark;
import io.holdfast.transaction.outbox.OutboxStore;
import io.holdfast.transaction.outbox.PendingMessage;
import io.holdfast.transaction.outbox.PendingMessage.Standing;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/** The tables of a {@link JdbcOutbox} as a relay sees them. */
public final class JdbcOutboxStore implements OutboxStore, AutoCloseable {

  private static final int THREADS = 4;

  private final OutboxSql sql;
  private final JdbcFence<String> fence;
  private final LocalTransactions transactions;

  JdbcOutboxStore(OutboxSql sql, JdbcFence<String> fence, DataSource source) {
    this.sql = sql;
    this.fence = fence;
    this.transactions =
        new LocalTransactions("holdfast-" + sql.table(), source, THREADS, sql.making());
  }

  @Override
  public CompletionStage<Void> seal(FencingToken token) {
    return done(
        connection -> {
          fence.enrol(connection, JdbcOutbox.FENCE);
          fence.seal(connection, JdbcOutbox.FENCE, token);
        });
  }

  @Override
  public CompletionStage<List<PendingMessage>> pending(Busy without, int most, Instant now) {
    List<Object> busy = new ArrayList<>(without.keys());
    busy.addAll(without.positions());
    List<Object> values = new ArrayList<>(busy);
    values.add(most);
    values.addAll(busy);
    values.add(now.toEpochMilli());
    values.add(most);
    String query = sql.pending(Sql.marks(without.keys()), Sql.marks(without.positions()));
    return transactions.run(
        connection -> {
          List<PendingMessage> found =
              Sql.query(connection, JdbcOutboxStore::pending, query, values.toArray());
          found.sort(Comparator.comparingLong(PendingMessage::position));
          return found;
        });
  }

  private static PendingMessage pending(ResultSet row) throws SQLException {
    Standing standing =
        switch (row.getInt(8)) {
          case 1 -> Standing.BEHIND_ANOTHER;
          case 2 -> Standing.DUE_AGAIN;
          default -> Standing.FREE;
        };
    return new PendingMessage(row.getLong(1), JdbcOutbox.message(row), row.getInt(7), standing);
  }

  /** In this order: what is tried again has not been delivered, and who waits looks last. */
  @Override
  public CompletionStage<Void> mark(FencingToken token, List<DeliveryMark> marks) {
    return done(
        connection -> {
          fence.check(connection, JdbcOutbox.FENCE, token);
          for (DeliveryMark mark : marks) {
            if (mark instanceof DeliveryMark.TryAgain again) {
              Sql.update(
                  connection,
                  sql.tryAgain(),
                  again.attempts(),
                  again.due().toEpochMilli(),
                  again.reason(),
                  again.position(),
                  again.attempts());
            } else if (mark instanceof DeliveryMark.Parked parked) {
              Sql.update(
                  connection, sql.park(), parked.attempts(), parked.reason(), parked.position());
            }
          }
          for (List<Long> some : Sql.parts(positions(marks, DeliveryMark.Delivered.class))) {
            markDelivered(connection, some);
          }
          for (List<Long> some : Sql.parts(positions(marks, DeliveryMark.Waiting.class))) {
            markWaiting(connection, some);
          }
        });
  }

  private static List<Long> positions(
      List<DeliveryMark> marks, Class<? extends DeliveryMark> kind) {
    return marks.stream().filter(kind::isInstance).map(DeliveryMark::position).toList();
  }

  private void markDelivered(Connection connection, List<Long> positions) throws SQLException {
    Set<String> keys =
        new LinkedHashSet<>(
            Sql.query(
                connection,
                row -> row.getString(1),
                sql.retrying(Sql.marks(positions)),
                positions.toArray()));
    Sql.update(
        connection,
        sql.delivered(Sql.marks(positions)),
        Sql.values(positions, System.currentTimeMillis()));
    for (String key : keys) {
      JdbcOutbox.promoteNext(connection, sql, key);
    }
  }

  private void markWaiting(Connection connection, List<Long> positions) throws SQLException {
    List<Long> behind =
        Sql.query(
            connection,
            row -> row.getLong(1),
            sql.behindOthers(Sql.marks(positions)),
            positions.toArray());
    if (!behind.isEmpty()) {
      Sql.update(connection, sql.await(Sql.marks(behind)), behind.toArray());
    }
  }

  @Override
  public CompletionStage<Integer> forget(FencingToken token, Instant before, int most) {
    return transactions.run(
        connection -> {
          fence.check(connection, JdbcOutbox.FENCE, token);
          forgetKeys(connection, before, Math.min(most, Sql.MOST_AT_ONCE));
          List<long[]> oldest =
              Sql.query(
                  connection,
                  row -> new long[] {row.getLong(1), row.getLong(2)},
                  sql.oldestEnded(),
                  most);
          List<Long> old =
              oldest.stream()
                  .filter(each -> each[1] < before.toEpochMilli())
                  .map(each -> each[0])
                  .toList();
          return old.isEmpty()
              ? 0
              : Sql.update(
                  connection,
                  sql.forget(),
                  old.get(0),
                  old.get(old.size() - 1),
                  before.toEpochMilli());
        });
  }

  private void forgetKeys(Connection connection, Instant before, int most) throws SQLException {
    List<String> old =
        Sql.query(connection, row -> row.getString(1), sql.oldKeys(), before.toEpochMilli(), most);
    if (!old.isEmpty()) {
      Sql.update(
          connection, sql.forgetKeys(Sql.marks(old)), Sql.values(old, before.toEpochMilli()));
    }
  }

  private interface Change {
    void with(Connection connection) throws SQLException;
  }

  private CompletionStage<Void> done(Change change) {
    return transactions
        .run(
            connection -> {
              change.with(connection);
              return true;
            })
        .thenAccept(done -> {});
  }

  /** Takes no more calls. What has begun goes on. The relay is to be closed first. */
  @Override
  public void close() {
    transactions.close();
  }
}
