package io.holdfast.transaction.jdbc.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.transaction.outbox.Message;
import io.holdfast.transaction.saga.Saga;
import io.holdfast.transaction.saga.SagaDefinition;
import io.holdfast.transaction.saga.SagaState;
import io.holdfast.transaction.saga.StepOutcome;
import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A process that relays and runs sagas is killed when receivers have done work that it has not
 * heard of; another goes on. Each message and each step has one effect, in order.
 */
@Timeout(120)
abstract class TakeoverContract {

  private static final int KEYS = 3;
  private static final int MESSAGES = 20;
  private static final int STARTED = 8;

  /** Of a cluster. */
  abstract String uri();

  /** Of an empty database. */
  abstract String url();

  @Test
  void runner_killed_isSucceededWithOneEffectEach() throws Exception {
    DriverSource database = new DriverSource(url());
    try (Connection connection = database.getConnection()) {
      DoomedRunner.create(connection);
      connection.setAutoCommit(false);
      for (int i = 0; i < MESSAGES; i++) {
        for (int key = 0; key < KEYS; key++) {
          DoomedRunner.OUTBOX.append(
              connection, Message.keyed("test", "key-" + key, Integer.toString(i)));
        }
        connection.commit();
      }
      SagaDefinition named =
          SagaDefinition.named("transfer", 1)
              .lastStep("debit", call -> CompletableFuture.completedFuture(StepOutcome.Done.PLAIN));
      for (int i = 0; i < STARTED; i++) {
        DoomedRunner.SAGAS.start(connection, named, "saga-" + i, i % 4 == 3 ? "refused" : "");
      }
      connection.commit();
    }
    assertThat(runDoomed(database.url())).isEqualTo(DoomedRunner.STATUS);
    assertThat(backlog(database)).isPositive();

    try (DoomedRunner next = new DoomedRunner(uri(), database, false)) {
      await().atMost(Duration.ofSeconds(40)).until(() -> backlog(database) == 0);
      await().atMost(Duration.ofSeconds(40)).until(() -> open(database).isEmpty());
    }
    for (int key = 0; key < KEYS; key++) {
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        expected.add(Integer.toString(i));
      }
      assertThat(effects(database, "key-" + key)).isEqualTo(expected);
    }
    for (int i = 0; i < STARTED; i++) {
      assertThat(effects(database, "saga-" + i))
          .isEqualTo(
              i % 4 == 3
                  ? List.of(
                      "debit FORWARD",
                      "credit FORWARD",
                      "credit COMPENSATING",
                      "debit COMPENSATING")
                  : List.of("debit FORWARD", "credit FORWARD", "tell FORWARD"));
      assertThat(saga(database, "saga-" + i).state())
          .isEqualTo(i % 4 == 3 ? SagaState.COMPENSATED : SagaState.COMPLETED);
    }
  }

  private int runDoomed(String database) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DoomedRunner.class.getName(),
                uri(),
                database)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(new File("/dev/null")))
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static long backlog(DriverSource database) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return DoomedRunner.OUTBOX.status(connection).backlog();
    }
  }

  private static List<Saga> open(DriverSource database) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return DoomedRunner.SAGAS.open(connection, "", 100);
    }
  }

  private static Saga saga(DriverSource database, String id) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return DoomedRunner.SAGAS.find(connection, id).orElseThrow();
    }
  }

  /** In the order of their positions: rows of one key are inserted one after the other. */
  private static List<String> effects(DriverSource database, String at) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT what FROM effect WHERE at = '" + at + "' ORDER BY position")) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }
}
