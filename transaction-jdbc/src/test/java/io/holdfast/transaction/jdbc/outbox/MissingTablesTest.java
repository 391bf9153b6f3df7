package io.holdfast.transaction.jdbc.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.holdfast.coordination.Coordinator;
import io.holdfast.testkit.contract.LogCapture;
import io.holdfast.transaction.jdbc.saga.JdbcSagaStore;
import io.holdfast.transaction.jdbc.saga.JdbcSagas;
import io.holdfast.transaction.jdbc.tcc.TccParticipant;
import io.holdfast.transaction.outbox.Delivery;
import io.holdfast.transaction.outbox.Message;
import io.holdfast.transaction.outbox.OutboxRelay;
import io.holdfast.transaction.saga.SagaDefinition;
import io.holdfast.transaction.saga.Sagas;
import io.holdfast.transaction.saga.StepOutcome;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A newcomer has not made the tables. */
@Timeout(60)
final class MissingTablesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String NAME = "without-tables";

  private final JdbcDataSource database = new JdbcDataSource();
  private final AtomicInteger connections = new AtomicInteger();
  private final LogCapture log = new LogCapture();
  private final Coordinator coordinator =
      Coordinator.connect("memory://tables/" + UUID.randomUUID());

  @BeforeEach
  void open() {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
  }

  @AfterEach
  void close() {
    log.close();
    coordinator.close();
  }

  /** Of ours: other tests run beside this one. */
  private List<String> told(Level least) {
    return log.messages("io.holdfast.transaction", least).stream()
        .filter(line -> line.contains(NAME))
        .toList();
  }

  /** Counts how often somebody has tried. */
  private DataSource counting() {
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, arguments) -> {
              connections.incrementAndGet();
              return method.invoke(database, arguments);
            });
  }

  private void awaitManyTries() {
    await().atMost(PATIENCE).until(() -> connections.get() > 5);
  }

  @Test
  void relay_isToldOnceWithWhatMakesThemAndOnceWhenWell() throws SQLException {
    JdbcOutbox outbox = JdbcOutbox.inTable("outbox");
    try (JdbcOutboxStore store = outbox.store(counting());
        OutboxRelay relay =
            new OutboxRelay(
                coordinator,
                NAME,
                store,
                message -> CompletableFuture.completedFuture(new Delivery.Delivered()))) {
      awaitManyTries();
      assertThat(told(Level.WARN))
          .singleElement()
          .asString()
          .contains("the relay of outbox " + NAME)
          .contains("JdbcOutbox.inTable(\"outbox\").create(connection)");

      try (Connection connection = database.getConnection()) {
        outbox.create(connection);
      }
      await().atMost(PATIENCE).until(() -> relay.activity().relaying());
      assertThat(told(Level.INFO)).anyMatch(line -> line.contains("no longer"));
    }
  }

  @Test
  void runner_isToldOnceWithWhatMakesThem() {
    JdbcSagas sagas = JdbcSagas.inTable("saga");
    SagaDefinition definition =
        SagaDefinition.named(NAME, 1)
            .lastStep("send", call -> CompletableFuture.completedFuture(new StepOutcome.Done("")));
    try (JdbcSagaStore store = sagas.store(counting());
        Sagas runner = new Sagas(coordinator, "saga", store, List.of(definition))) {
      awaitManyTries();
      assertThat(runner.running()).isEmpty();
      assertThat(told(Level.WARN))
          .singleElement()
          .asString()
          .contains("JdbcSagas.inTable(\"saga\").create(connection)");
    }
  }

  @Test
  void calls_tellWhatMakesThem() throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      assertThatThrownBy(
              () ->
                  JdbcOutbox.inTable("outbox")
                      .append(connection, Message.unordered("topic", "body")))
          .hasMessageContaining("JdbcOutbox.inTable(\"outbox\").create(connection)");
      assertThatThrownBy(
              () ->
                  JdbcInbox.inTable("inbox", Duration.ofDays(1))
                      .isFirst(connection, "ledger", Message.unordered("topic", "body")))
          .hasMessageContaining("JdbcInbox.inTable(\"inbox\", retention).create(connection)");
      assertThatThrownBy(() -> TccParticipant.open("accounts", database, Map.of()))
          .hasMessageContaining("TccParticipant.createTables(connection)");
    }
  }
}
