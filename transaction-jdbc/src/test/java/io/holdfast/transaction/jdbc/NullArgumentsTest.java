package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Coordinator;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.escrow.EscrowLedger;
import io.holdfast.transaction.jdbc.escrow.Posting;
import io.holdfast.transaction.jdbc.outbox.JdbcInbox;
import io.holdfast.transaction.jdbc.outbox.JdbcOutbox;
import io.holdfast.transaction.jdbc.saga.JdbcSagaStore;
import io.holdfast.transaction.jdbc.saga.JdbcSagas;
import io.holdfast.transaction.jdbc.tcc.TccParticipant;
import io.holdfast.transaction.outbox.Message;
import io.holdfast.transaction.outbox.OutboxRelay;
import io.holdfast.transaction.saga.SagaDefinition;
import io.holdfast.transaction.saga.Sagas;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Who gives null where there must be something is told where. */
@SuppressWarnings({"NullAway", "DataFlowIssue"})
final class NullArgumentsTest {

  private final Map<String, ThrowingCallable> calls = new LinkedHashMap<>();

  private void named(String parameter, ThrowingCallable call) {
    calls.put(calls.size() + " " + parameter, call);
  }

  @TestFactory
  Stream<DynamicTest> nullIsNamed() {
    PGSimpleDataSource postgres = new PGSimpleDataSource();
    JdbcDataSource h2 = new JdbcDataSource();
    Coordinator coordinator = Coordinator.connect("memory://null/" + UUID.randomUUID());
    Transactions transactions = new Transactions(coordinator, List.of());

    named("coordinator", () -> new Transactions(null, List.of()));
    named("participants", () -> new Transactions(coordinator, null));
    named("timeout", () -> transactions.begin(null));
    named("branch", () -> transactions.begin().enlist(null));
    named("where", () -> transactions.begin().decidedIn(null));
    named("token", () -> transactions.awaitVisible(null));
    named("text", () -> TransactionId.parse(null));
    named("sql", () -> SqlWork.of(null));
    named("(Object) null", () -> SqlWork.of("SELECT ?", (Object[]) null));
    named("name", () -> PostgresParticipant.open(null, postgres, postgres));
    named("control", () -> PostgresParticipant.open("accounts", postgres, null));
    named("source", () -> MariaDbParticipant.open("accounts", null));
    named("name", () -> MariaDbParticipant.open(null, new MariaDbDataSource()));
    named("actions", () -> TccParticipant.open("accounts", h2, null));
    named("source", () -> TccParticipant.open("accounts", null, Map.of()));
    named("fence", () -> EscrowLedger.open("accounts", postgres, null));
    named("account", () -> new Posting(null, 1));
    named("table", () -> JdbcOutbox.inTable(null));
    named("message", () -> JdbcOutbox.inTable("outbox").append(connection(), null));
    named("source", () -> JdbcOutbox.inTable("outbox").store(null));
    named("retention", () -> JdbcInbox.inTable("inbox", null));
    named("definition", () -> JdbcSagas.inTable("saga").start(connection(), null, "a", ""));
    named("key", () -> Message.keyed("topic", null, "body"));
    named("body", () -> Message.unordered("topic", null));
    named("compensation", () -> SagaDefinition.named("a", 1).step("b", call -> null, null));
    named("forward", () -> SagaDefinition.named("a", 1).lastStep("b", null));
    named("store", () -> new OutboxRelay(coordinator, "outbox", null, message -> null));
    named("definitions", () -> new Sagas(coordinator, "saga", store(), null));

    return calls.entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(),
                    () ->
                        assertThatThrownBy(each.getValue())
                            .isInstanceOf(NullPointerException.class)
                            .hasMessageContaining(
                                each.getKey().substring(each.getKey().indexOf(' ') + 1))))
        .onClose(
            () -> {
              transactions.close();
              coordinator.close();
            });
  }

  private static Connection connection() throws SQLException {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:mem:null");
    return h2.getConnection();
  }

  private static JdbcSagaStore store() {
    return JdbcSagas.inTable("saga").store(new JdbcDataSource());
  }
}
