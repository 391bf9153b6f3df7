package io.holdfast.spring.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.jdbc.outbox.JdbcOutbox;
import io.holdfast.transaction.outbox.Message;
import io.holdfast.transaction.outbox.OutboxRelay;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.function.cloudevent.CloudEventsFunctionExtensionConfiguration;
import org.springframework.cloud.function.context.config.ContextFunctionCatalogAutoConfiguration;
import org.springframework.cloud.stream.binder.test.OutputDestination;
import org.springframework.cloud.stream.binder.test.TestChannelBinderConfiguration;
import org.springframework.cloud.stream.config.BindingServiceConfiguration;
import org.springframework.cloud.stream.function.FunctionConfiguration;
import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/** From a transactional method through the outbox to Spring Cloud Stream's test binder. */
final class StreamOutboxTest {

  private static final long PATIENCE_MILLIS = 30_000;
  private static final long A_WHILE_MILLIS = 300;

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  static class Service {

    @Bean
    Coordinator coordinator() {
      return Coordinator.connect("memory://" + UUID.randomUUID() + "/service");
    }

    @Bean(destroyMethod = "dispose")
    JdbcConnectionPool pool(JdbcOutbox outbox) throws SQLException {
      String database = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
      JdbcConnectionPool pool = JdbcConnectionPool.create(database, "", "");
      try (Connection connection = pool.getConnection()) {
        outbox.create(connection);
        connection.createStatement().execute("CREATE TABLE entry (amount BIGINT)");
      }
      return pool;
    }

    @Bean
    JdbcOutbox outbox() {
      return JdbcOutbox.inTable("outbox");
    }

    @Bean(destroyMethod = "shutdownNow")
    ExecutorService publishing() {
      return Executors.newCachedThreadPool();
    }

    @Bean
    OutboxRelay relay(
        Coordinator coordinator,
        JdbcOutbox outbox,
        DataSource pool,
        StreamBridge bridge,
        ExecutorService publishing) {
      return new OutboxRelay(
          coordinator, "outbox", outbox.store(pool), new StreamBridgePublisher(bridge, publishing));
    }

    @Bean
    TransactionalOutbox transactionalOutbox(DataSource pool, JdbcOutbox outbox, OutboxRelay relay) {
      return new TransactionalOutbox(pool, outbox, relay);
    }

    @Bean
    PlatformTransactionManager transactionManager(DataSource pool) {
      return new JdbcTransactionManager(pool);
    }

    @Bean
    JdbcTemplate template(DataSource pool) {
      return new JdbcTemplate(pool);
    }

    @Bean
    Ledger ledger(JdbcTemplate template, TransactionalOutbox outbox) {
      return new Ledger(template, outbox);
    }
  }

  /** Books, and tells of it. */
  static class Ledger {

    private final JdbcTemplate template;
    private final TransactionalOutbox outbox;

    Ledger(JdbcTemplate template, TransactionalOutbox outbox) {
      this.template = template;
      this.outbox = outbox;
    }

    @Transactional
    public Message pay(long amount) {
      template.update("INSERT INTO entry VALUES (?)", amount);
      Message message = Message.keyed("transfers", "account-7", "{\"amount\":" + amount + "}");
      outbox.append(message);
      if (amount < 0) {
        throw new IllegalArgumentException("negative");
      }
      return message;
    }
  }

  private final ApplicationContextRunner service =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  IntegrationAutoConfiguration.class,
                  CloudEventsFunctionExtensionConfiguration.class,
                  ContextFunctionCatalogAutoConfiguration.class,
                  BindingServiceConfiguration.class,
                  FunctionConfiguration.class))
          .withUserConfiguration(
              TestChannelBinderConfiguration.getCompleteConfiguration(Service.class));

  private static org.springframework.messaging.Message<byte[]> received(
      AssertableApplicationContext context, long millis) {
    return context.getBean(OutputDestination.class).receive(millis, "transfers");
  }

  @Test
  void append_committed_arrivesInOrderWithItsHeaders() {
    service.run(
        context -> {
          Ledger ledger = context.getBean(Ledger.class);
          for (int amount = 1; amount <= 3; amount++) {
            Message sent = ledger.pay(amount);
            org.springframework.messaging.Message<byte[]> message =
                received(context, PATIENCE_MILLIS);
            assertThat(message).isNotNull();
            assertThat(new String(message.getPayload(), StandardCharsets.UTF_8))
                .isEqualTo(sent.body());
            assertThat(message.getHeaders())
                .containsEntry(StreamBridgePublisher.ID, sent.id().toString())
                .containsEntry(StreamBridgePublisher.TOPIC, "transfers")
                .containsEntry(StreamBridgePublisher.KEY, "account-7")
                .containsEntry(StreamBridgePublisher.CREATED, sent.created().toString());
          }
        });
  }

  @Test
  void append_rolledBack_neverLeaves() {
    service.run(
        context -> {
          Ledger ledger = context.getBean(Ledger.class);
          assertThatThrownBy(() -> ledger.pay(-1)).isInstanceOf(IllegalArgumentException.class);
          assertThat(received(context, A_WHILE_MILLIS)).isNull();
          ledger.pay(2);
          assertThat(received(context, PATIENCE_MILLIS).getPayload())
              .isEqualTo("{\"amount\":2}".getBytes(StandardCharsets.UTF_8));
        });
  }

  @Test
  void append_withoutATransaction_isRefused() {
    service.run(
        context ->
            assertThatThrownBy(
                    () ->
                        context
                            .getBean(TransactionalOutbox.class)
                            .append(Message.unordered("transfers", "{}")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("@Transactional"));
  }
}
