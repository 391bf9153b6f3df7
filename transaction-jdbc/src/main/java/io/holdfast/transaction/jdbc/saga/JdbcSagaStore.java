package io.holdfast.transaction.jdbc.saga;

import io.holdfast.fence.JdbcFence;
import io.holdfast.lock.FencingToken;
import io.holdfast.transaction.jdbc.internal.LocalTransactions;
import io.holdfast.transaction.jdbc.internal.Sql;
import io.holdfast.transaction.saga.Saga;
import io.holdfast.transaction.saga.SagaStore;
import io.holdfast.transaction.saga.StepEnd;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/** The tables of {@link JdbcSagas} as those who run them see them. */
public final class JdbcSagaStore implements SagaStore, AutoCloseable {

  private static final int THREADS = 8;

  private final SagaSql sql;
  private final JdbcFence<String> fence;
  private final LocalTransactions transactions;

  JdbcSagaStore(SagaSql sql, JdbcFence<String> fence, DataSource source) {
    this.sql = sql;
    this.fence = fence;
    this.transactions =
        new LocalTransactions("holdfast-" + sql.table(), source, THREADS, sql.making());
  }

  private static String fenceOf(String definition, int version) {
    return definition + "/" + version;
  }

  @Override
  public CompletionStage<Void> seal(String definition, int version, FencingToken token) {
    return transactions
        .run(
            connection -> {
              fence.enrol(connection, fenceOf(definition, version));
              fence.seal(connection, fenceOf(definition, version), token);
              return Sql.update(connection, sql.takeOver(), definition, version);
            })
        .thenAccept(due -> {});
  }

  @Override
  public CompletionStage<List<Saga>> due(String definition, int version, Instant now, int most) {
    return transactions.run(
        connection ->
            SagaRows.query(
                connection, sql, sql.due(), definition, version, now.toEpochMilli(), most));
  }

  @Override
  public CompletionStage<Optional<Saga>> find(String id) {
    return transactions.run(
        connection -> SagaRows.query(connection, sql, sql.find(), id).stream().findFirst());
  }

  @Override
  public CompletionStage<Boolean> save(FencingToken token, Saga changed, Optional<StepEnd> ended) {
    return transactions.run(
        connection -> {
          fence.check(connection, fenceOf(changed.definition(), changed.version()), token);
          boolean saved = SagaRows.update(connection, sql, changed);
          if (saved && ended.isPresent()) {
            SagaRows.insertStep(connection, sql, changed.id(), ended.get());
          }
          return saved;
        });
  }

  @Override
  public CompletionStage<Integer> forget(
      String definition, int version, FencingToken token, Instant before, int most) {
    return transactions.run(
        connection -> {
          fence.check(connection, fenceOf(definition, version), token);
          List<String> old =
              Sql.query(
                  connection,
                  row -> row.getString(1),
                  sql.oldest(),
                  definition,
                  version,
                  before.toEpochMilli(),
                  most);
          for (List<String> some : Sql.parts(old)) {
            Sql.update(connection, sql.forgetSteps(Sql.marks(some)), some.toArray());
            Sql.update(connection, sql.forget(Sql.marks(some)), some.toArray());
          }
          return old.size();
        });
  }

  /** Takes no more calls. What has begun goes on. The runner is to be closed first. */
  @Override
  public void close() {
    transactions.close();
  }
}
