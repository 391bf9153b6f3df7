package io.holdfast.cli.sagas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.CommandRun;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.jdbc.outbox.JdbcOutbox;
import io.holdfast.transaction.jdbc.outbox.JdbcOutboxStore;
import io.holdfast.transaction.jdbc.saga.JdbcSagaStore;
import io.holdfast.transaction.jdbc.saga.JdbcSagas;
import io.holdfast.transaction.outbox.Delivery;
import io.holdfast.transaction.outbox.Message;
import io.holdfast.transaction.outbox.OutboxRelay;
import io.holdfast.transaction.outbox.RelayOptions;
import io.holdfast.transaction.saga.SagaDefinition;
import io.holdfast.transaction.saga.SagaOptions;
import io.holdfast.transaction.saga.SagaStep;
import io.holdfast.transaction.saga.Sagas;
import io.holdfast.transaction.saga.StepCall;
import io.holdfast.transaction.saga.StepOutcome;
import io.holdfast.transaction.saga.StepRetry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** What operators see and do about sagas and outboxes, on a real PostgreSQL. */
@Timeout(60)
final class SagaCommandsTest {

  private static final JdbcSagas SAGAS = JdbcSagas.inTable("saga");
  private static final JdbcOutbox OUTBOX = JdbcOutbox.inTable("outbox");
  private static PostgresServer server;

  private final String uri = "memory://operator/" + UUID.randomUUID();
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final PGSimpleDataSource database = new PGSimpleDataSource();
  private String url;
  private volatile boolean away;

  @BeforeAll
  static void start() {
    server = PostgresServer.start(Map.of("fsync", "off"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void create() throws SQLException {
    url = server.freshUrl();
    database.setUrl(url);
    try (Connection connection = DriverManager.getConnection(url)) {
      SAGAS.create(connection);
      OUTBOX.create(connection);
    }
  }

  @AfterEach
  void close() throws Exception {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
  }

  private <T extends AutoCloseable> T closing(T opened) {
    toClose.add(opened);
    return opened;
  }

  private Coordinator connect() {
    return closing(
        Coordinator.connect(
            uri, CoordinatorOptions.defaults().withOwner(Owner.thisProcess("payouts"))));
  }

  private CompletionStage<StepOutcome> step(StepCall call) {
    return away
        ? CompletableFuture.failedFuture(new IllegalStateException("the bank\u001b[2J is away"))
        : CompletableFuture.completedFuture(new StepOutcome.Done("ref-7"));
  }

  private SagaDefinition definition() {
    StepRetry once =
        new StepRetry(
            1,
            Duration.ofMillis(10),
            Duration.ofMillis(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10));
    return SagaDefinition.named("payout", 1)
        .step(new SagaStep("send", this::step, Optional.empty(), once));
  }

  private void startSaga(SagaDefinition definition, String id) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      SAGAS.start(connection, definition, id, "{}");
      connection.commit();
    }
  }

  private void parkOne() throws SQLException {
    away = true;
    startSaga(definition(), "payout/1");
    JdbcSagaStore store = closing(SAGAS.store(database));
    closing(
        new Sagas(
            connect(),
            "saga",
            store,
            List.of(definition()),
            SagaOptions.defaults().withInterval(Duration.ofMillis(50))));
    await().until(() -> state("payout/1").equals("PARKED"));
  }

  private String state(String id) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      return SAGAS.find(connection, id).orElseThrow().state().name();
    }
  }

  private CommandRun run(String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--connect", uri, "--database", url));
    return CommandRun.of(all.toArray(String[]::new));
  }

  @Test
  void sagas_parked_areListedShownAndResumed() throws SQLException {
    parkOne();
    startSaga(SagaDefinition.named("newer", 3).lastStep("x", this::step), "unknown/1");

    JsonNode listed = run("sagas", "list", "--output", "json").json();
    assertThat(listed).hasSize(2);
    assertThat(listed.get(0).get("saga").asText()).isEqualTo("payout/1");
    assertThat(listed.get(0).get("state").asText()).isEqualTo("parked");
    assertThat(listed.get(0).get("runner").asText()).startsWith("payouts@");
    assertThat(listed.get(1).get("definition").asText()).isEqualTo("newer");
    assertThat(listed.get(1).get("runner").isNull()).isTrue();
    assertThat(run("sagas", "list", "--parked").out())
        .contains("payout/1")
        .doesNotContain("unknown/1")
        .doesNotContain("\u001b");

    JsonNode shown = run("sagas", "show", "payout/1", "--output", "json").json();
    assertThat(shown.get(0).get("outcome").asText()).isEqualTo("unknown");
    assertThat(shown.get(0).get("step").asText()).isEqualTo("step 1");
    assertThat(listed.get(0).get("step").asInt()).isEqualTo(1);

    CommandRun dry = run("sagas", "resume", "payout/1");
    assertThat(dry.exitCode()).isZero();
    assertThat(dry.out()).contains("dry run").contains("have step 1 of saga 'payout/1'");
    assertThat(run("sagas", "list").out()).contains("step 1");
    assertThat(state("payout/1")).isEqualTo("PARKED");

    away = false;
    CommandRun done = run("sagas", "resume", "payout/1", "--yes", "--reason", "bank is back");
    assertThat(done.exitCode()).as(done.err()).isZero();
    await().until(() -> state("payout/1").equals("COMPLETED"));
    assertThat(run("sagas", "resume", "payout/1", "--yes").exitCode()).isEqualTo(1);
    assertThat(run("sagas", "show", "payout/1").out()).contains("ref-7").contains("completed");
    assertThat(run("sagas", "show", "none").exitCode()).isEqualTo(4);
    assertThat(run("sagas", "list", "--table", "nowhere").exitCode()).isEqualTo(4);
    assertThat(CommandRun.of("audit", "--connect", uri).out())
        .contains("sagas resume")
        .contains("bank is back");
  }

  @Test
  void sagas_settledByWord_goOn() throws SQLException {
    parkOne();
    CommandRun done = run("sagas", "resume", "payout/1", "--done", "by telephone", "--yes");
    assertThat(done.exitCode()).as(done.err()).isZero();
    await().until(() -> state("payout/1").equals("COMPLETED"));
    assertThat(run("sagas", "show", "payout/1").out()).contains("by telephone");
    assertThat(run("sagas", "list").out()).contains("all sagas have ended");
  }

  @Test
  void outbox_parked_isSeenResumedAndDiscarded() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      OUTBOX.append(connection, Message.keyed("test", "a", "poison"));
      OUTBOX.append(connection, Message.keyed("test", "a", "behind"));
      connection.commit();
    }
    JdbcOutboxStore store = closing(OUTBOX.store(database));
    closing(
        new OutboxRelay(
            connect(),
            "outbox",
            store,
            message ->
                CompletableFuture.completedFuture(
                    message.body().equals("poison")
                        ? new Delivery.Refused("no such account")
                        : new Delivery.Delivered()),
            RelayOptions.defaults().withInterval(Duration.ofMillis(50))));
    await().until(() -> status().get("parked").asInt() == 1);
    await().until(() -> status().get("waiting").asInt() == 1);
    assertThat(status().get("relay").asText()).startsWith("payouts@");

    JsonNode parked = run("outbox", "parked", "--output", "json").json();
    assertThat(parked.get(0).get("reason").asText()).isEqualTo("refused: no such account");
    String position = parked.get(0).get("position").asText();
    assertThat(run("outbox", "discard", position).out()).contains("dry run");
    assertThat(run("outbox", "resume", position, "--yes").exitCode()).isZero();
    await().until(() -> status().get("parked").asInt() == 1);
    assertThat(run("outbox", "discard", position, "--yes").exitCode()).isZero();
    CommandRun again = run("outbox", "discard", position, "--yes");
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.out()).as("nothing is announced that is not done").isEmpty();
    assertThat(again.err()).contains("message " + position + " of outbox 'outbox' is not parked");
    await().until(() -> status().get("waiting").asInt() + status().get("retrying").asInt() == 0);
    assertThat(run("outbox", "status").out()).contains("outbox");
    CommandRun audit = CommandRun.of("audit", "--connect", uri);
    assertThat(audit.out()).contains("outbox resume").contains("in database ").contains(address());
    assertThat(audit.out().lines().filter(line -> line.contains("outbox discard")))
        .as("the second had nothing to do")
        .hasSize(1);
  }

  /** Without what comes after the question mark. */
  private String address() {
    return url.replaceFirst("[?].*", "");
  }

  private JsonNode status() {
    return run("outbox", "status", "--output", "json").json().get(0);
  }
}
