package io.holdfast.transaction.jdbc.saga;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.transaction.jdbc.internal.Ddl;
import io.holdfast.transaction.jdbc.internal.Dialect;
import io.holdfast.transaction.jdbc.outbox.JdbcInbox;
import io.holdfast.transaction.jdbc.outbox.JdbcOutbox;
import io.holdfast.transaction.jdbc.outbox.JdbcOutboxStore;
import io.holdfast.transaction.outbox.Delivery;
import io.holdfast.transaction.outbox.Message;
import io.holdfast.transaction.outbox.OutboxRelay;
import io.holdfast.transaction.outbox.RelayOptions;
import io.holdfast.transaction.saga.SagaDefinition;
import io.holdfast.transaction.saga.SagaOptions;
import io.holdfast.transaction.saga.Sagas;
import io.holdfast.transaction.saga.StepCall;
import io.holdfast.transaction.saga.StepOutcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A process that relays messages and runs sagas, with the work of the receivers in the same
 * database. It dies when it has done some of both and told nobody, if it is to.
 */
final class DoomedRunner implements AutoCloseable {

  static final int STATUS = 77;
  static final JdbcOutbox OUTBOX = JdbcOutbox.inTable("outbox");
  static final JdbcSagas SAGAS = JdbcSagas.inTable("saga");
  private static final JdbcInbox INBOX = JdbcInbox.inTable("inbox", Duration.ofDays(30));

  /** How much is done before it dies. */
  private static final int DELIVERIES = 7;

  private static final int STEPS = 5;

  private final Coordinator coordinator;
  private final DataSource database;
  private final AtomicInteger deliveriesLeft;
  private final AtomicInteger stepsLeft;
  private final CountDownLatch bothReached = new CountDownLatch(2);
  private final JdbcOutboxStore outboxStore;
  private final JdbcSagaStore sagaStore;
  private final OutboxRelay relay;
  private final Sagas runner;

  DoomedRunner(String uri, DataSource database, boolean doomed) {
    this.database = database;
    deliveriesLeft = new AtomicInteger(doomed ? DELIVERIES : Integer.MAX_VALUE);
    stepsLeft = new AtomicInteger(doomed ? STEPS : Integer.MAX_VALUE);
    coordinator = Coordinator.connect(uri, options(doomed ? "doomed" : "next"));
    outboxStore = OUTBOX.store(database);
    sagaStore = SAGAS.store(database);
    relay =
        new OutboxRelay(
            coordinator,
            "outbox",
            outboxStore,
            message -> CompletableFuture.supplyAsync(() -> receive(message)),
            RelayOptions.defaults().withInterval(Duration.ofMillis(100)));
    runner =
        new Sagas(
            coordinator,
            "saga",
            sagaStore,
            List.of(definition()),
            SagaOptions.defaults().withInterval(Duration.ofMillis(100)));
  }

  private static CoordinatorOptions options(String name) {
    return CoordinatorOptions.defaults()
        .withSessionTimeout(Duration.ofSeconds(4))
        .withOwner(Owner.thisProcess(name));
  }

  /** The cluster and the database. */
  public static void main(String[] arguments) throws Exception {
    DataSource database = new DriverSource(arguments[1]);
    try (DoomedRunner doomed = new DoomedRunner(arguments[0], database, true)) {
      doomed.bothReached.await();
      Runtime.getRuntime().halt(STATUS);
    }
  }

  static void create(Connection connection) throws SQLException {
    OUTBOX.create(connection);
    SAGAS.create(connection);
    INBOX.create(connection);
    try (var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE effect (position "
              + Ddl.counter(Dialect.of(connection))
              + " PRIMARY KEY, at varchar(100), what varchar(100))");
    }
  }

  /** Steps whose effects are in a table, once for each key. */
  SagaDefinition definition() {
    return SagaDefinition.named("transfer", 1)
        .step("debit", this::step, this::step)
        .step("credit", this::step, this::step)
        .lastStep("tell", this::refuseSome);
  }

  private CompletionStage<StepOutcome> refuseSome(StepCall call) {
    return call.input().equals("refused")
        ? CompletableFuture.completedFuture(new StepOutcome.Refused("as it was told to"))
        : step(call);
  }

  private CompletionStage<StepOutcome> step(StepCall call) {
    return CompletableFuture.supplyAsync(
        () -> {
          effect(call.key(), Instant.now(), call.saga(), call.step() + " " + call.direction());
          stopAfter(stepsLeft);
          return StepOutcome.Done.PLAIN;
        });
  }

  private Delivery receive(Message message) {
    effect(message.id().toString(), message.created(), message.key().orElseThrow(), message.body());
    stopAfter(deliveriesLeft);
    return new Delivery.Delivered();
  }

  /** The work is done, and whoever asked for it never hears of it. */
  private void stopAfter(AtomicInteger left) {
    int now = left.decrementAndGet();
    if (now == 0) {
      bothReached.countDown();
    }
    if (now <= 0) {
      new CompletableFuture<Void>().join();
    }
  }

  private void effect(String id, Instant created, String at, String what) {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      if (INBOX.isFirst(connection, "effects", id, created)) {
        try (PreparedStatement insert =
            connection.prepareStatement("INSERT INTO effect (at, what) VALUES (?, ?)")) {
          insert.setString(1, at);
          insert.setString(2, what);
          insert.executeUpdate();
        }
      }
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    relay.close();
    runner.close();
    outboxStore.close();
    sagaStore.close();
    coordinator.close();
  }
}
