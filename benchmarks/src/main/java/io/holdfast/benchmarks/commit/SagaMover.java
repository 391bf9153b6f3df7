package io.holdfast.benchmarks.commit;

import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.jdbc.saga.JdbcSagas;
import io.holdfast.transaction.saga.SagaDefinition;
import io.holdfast.transaction.saga.Sagas;
import io.holdfast.transaction.saga.StepCall;
import io.holdfast.transaction.saga.StepOutcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Ours by a saga of two steps, a debit and a credit, each with the row in its database that makes
 * it idempotent. The mover waits until the last step is done.
 */
final class SagaMover implements Mover {

  private static final int THREADS = 32;
  private static final int SPARE = 16;
  private static final long PATIENCE_SECONDS = 60;
  private static final String ONCE =
      "INSERT INTO bench_once (key) VALUES (?) ON CONFLICT DO NOTHING";

  private final List<HikariDataSource> pools = new ArrayList<>();
  private final ExecutorService workers = Executors.newFixedThreadPool(2 * THREADS);
  private final Coordinator coordinator;
  private final JdbcSagas table = JdbcSagas.inTable("bench_saga");
  private final SagaDefinition definition =
      SagaDefinition.named("transfer", 1)
          .step("debit", call -> step(0, call, -1), call -> step(0, call, 1))
          .lastStep("credit", call -> last(call));
  private final ConcurrentHashMap<String, CompletableFuture<Void>> waiting =
      new ConcurrentHashMap<>();
  private final Sagas sagas;

  SagaMover(String uri, List<String> urls) throws Exception {
    this.coordinator = Coordinator.connect(uri);
    for (String url : urls) {
      HikariDataSource pool = Ledgers.pool(url, THREADS + SPARE);
      pools.add(pool);
      try (Connection connection = pool.getConnection();
          PreparedStatement once =
              connection.prepareStatement(
                  "CREATE TABLE IF NOT EXISTS bench_once (key text PRIMARY KEY)")) {
        once.execute();
      }
    }
    try (Connection connection = pools.get(0).getConnection()) {
      table.create(connection);
    }
    this.sagas = new Sagas(coordinator, "bench", table.store(pools.get(0)), List.of(definition));
  }

  private CompletionStage<StepOutcome> step(int database, StepCall call, int amount) {
    return CompletableFuture.supplyAsync(
        () -> {
          String[] accounts = call.input().split(" ", -1);
          try (Connection connection = pools.get(database).getConnection();
              PreparedStatement once = connection.prepareStatement(ONCE);
              PreparedStatement change = connection.prepareStatement(Ledgers.CHANGE)) {
            connection.setAutoCommit(false);
            once.setString(1, call.key());
            if (once.executeUpdate() == 1) {
              change.setInt(1, amount);
              change.setInt(2, Integer.parseInt(accounts[database]));
              change.executeUpdate();
            }
            connection.commit();
            return StepOutcome.Done.PLAIN;
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        },
        workers);
  }

  private CompletionStage<StepOutcome> last(StepCall call) {
    return step(1, call, 1)
        .thenApply(
            outcome -> {
              CompletableFuture<Void> mover = waiting.remove(call.saga());
              if (mover != null) {
                mover.complete(null);
              }
              return outcome;
            });
  }

  @Override
  public void move(int from, int to) throws Exception {
    String id = UUID.randomUUID().toString();
    CompletableFuture<Void> done = new CompletableFuture<>();
    waiting.put(id, done);
    try (Connection connection = pools.get(0).getConnection()) {
      connection.setAutoCommit(false);
      table.start(connection, definition, id, from + " " + to);
      connection.commit();
    }
    sagas.nudge();
    done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    sagas.close();
    coordinator.close();
    workers.shutdownNow();
    pools.forEach(HikariDataSource::close);
  }
}
