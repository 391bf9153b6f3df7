package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Vote;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A connection may come from a pool that hands it on as it is given back. */
@Timeout(60)
final class ForeignCodeTest {

  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final TransactionId ID =
      new TransactionId("d0123456789a", "0~m1.1", 1, Optional.empty());

  /** What statements came, and when the connection was given back. */
  private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

  /** How the code of an application fails. */
  enum Failure implements ConnectionWork {
    STATE_OF_ITS_OWN {
      @Override
      public void run(Connection connection) throws SQLException {
        throw new SQLException("no such account");
      }
    },
    UNCHECKED {
      @Override
      public void run(Connection connection) {
        throw new IllegalStateException("no money");
      }
    },
    ERROR {
      @Override
      public void run(Connection connection) {
        throw new AssertionError("cannot be");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void prepare_codeFails_connectionIsGivenBackWithoutATransaction(Failure failure)
      throws Exception {
    try (PostgresParticipant participant = participant()) {
      await(participant.branch(failure).prepare(ID.branch(0), WITHIN));
    }

    assertThat(sent).endsWith("ROLLBACK", "close").noneMatch(sql -> sql.contains("PREPARE"));
  }

  @ParameterizedTest
  @EnumSource
  void commitAlone_codeFails_connectionIsGivenBackWithoutATransaction(Failure failure)
      throws Exception {
    try (PostgresParticipant participant = participant()) {
      await(participant.branch(failure).commitAlone(WITHIN));
    }

    assertThat(sent).endsWith("ROLLBACK", "close").doesNotContain("COMMIT");
  }

  /** As many round trips as without us. */
  @Test
  void commitAlone_statements_areOneMessageAndACommit() throws Exception {
    try (PostgresParticipant participant = participant()) {
      await(participant.branch(SqlWork.of("UPDATE a SET b = 1")).commitAloneHere(WITHIN));
    }

    assertThat(sent).hasSize(3).endsWith("COMMIT", "close");
    assertThat(sent.get(0).split(";"))
        .hasSize(3)
        .startsWith("BEGIN")
        .endsWith("UPDATE a SET b = 1")
        .anyMatch(number -> number.startsWith("SELECT txid_current()"));
  }

  /** What is known of its first commit would be told of the second. */
  @Test
  void branch_usedTwice_isRefused() throws Exception {
    try (PostgresParticipant participant = participant()) {
      Branch branch = participant.branch(connection -> {});
      Vote first = branch.commitAlone(WITHIN).toCompletableFuture().get(20, TimeUnit.SECONDS);
      assertThat(first).isEqualTo(Vote.PREPARED);

      Vote second = branch.commitAlone(WITHIN).toCompletableFuture().get(20, TimeUnit.SECONDS);

      assertThat(second).isInstanceOf(Vote.Refused.class);
    }
  }

  @Test
  void timeout_forEver_isOneThatTheDatabaseTakes() {
    assertThat(MessageWork.timeout(Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo("SET LOCAL statement_timeout = " + Integer.MAX_VALUE);
  }

  private PostgresParticipant participant() throws SQLException {
    return PostgresParticipant.open("accounts", source(sent), source(new ArrayList<>()));
  }

  /** However it ends. */
  private static void await(CompletionStage<?> stage) throws Exception {
    stage.handle((value, failure) -> true).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static DataSource source(List<String> sent) {
    return fake(DataSource.class, Map.of("getConnection", connection(sent)), sent);
  }

  private static Connection connection(List<String> sent) {
    ResultSet settings = fake(ResultSet.class, Map.of("getInt", 160_000, "getString", "on"), sent);
    Statement statement = fake(Statement.class, Map.of("executeQuery", settings), sent);
    PreparedStatement message = fake(PreparedStatement.class, Map.of(), sent);
    return fake(
        Connection.class, Map.of("createStatement", statement, "prepareStatement", message), sent);
  }

  private static boolean asksForANumber(List<String> sent) {
    String last = sent.isEmpty() ? "" : sent.get(sent.size() - 1);
    return last.contains("txid_current") && !last.contains("current_setting");
  }

  /** Answers as {@code answers} say, notes statements, and that a connection is closed. */
  private static <T> T fake(Class<T> type, Map<String, Object> answers, List<String> sent) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              String name = method.getName();
              if (type == Statement.class && name.startsWith("execute")) {
                sent.add(String.valueOf(arguments[0]));
              } else if (type == Connection.class && name.equals("close")) {
                sent.add("close");
              } else if (name.equals("prepareStatement")) {
                sent.add(String.valueOf(arguments[0]));
              }
              if (name.equals("getString") && arguments[0].equals(3)) {
                return null;
              }
              if (name.equals("getString") && asksForANumber(sent)) {
                return "731";
              }
              // A server without standbys.
              if (name.equals("getString") && arguments[0].equals(6)) {
                return "";
              }
              if (name.equals("getInt") && arguments[0].equals(7)) {
                return 0;
              }
              Object answer = answers.get(name);
              return answer == null && method.getReturnType() == boolean.class
                  ? false
                  : answer == null && method.getReturnType() == int.class ? 0 : answer;
            }));
  }
}
