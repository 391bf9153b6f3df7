package io.holdfast.payment.old;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.OutcomeUnknownException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Three outcomes, never two: over a connection that fails where it is told to. */
class SqlTransactionsTest {

  private static final String CONNECTION_LOST = "08006";
  private static final String DEADLOCK = "40P01";
  private static final String UNIQUE = "23505";

  /** What the next calls of commit and close throw; nothing when empty. */
  private final Deque<String> commitFailures = new ArrayDeque<>();

  private final Deque<String> closeFailures = new ArrayDeque<>();
  private final List<String> calls = new ArrayList<>();
  private final SqlTransactions transactions =
      new SqlTransactions(proxy(DataSource.class, (self, method, arguments) -> connection()));
  private int runs;

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private Connection connection() {
    return proxy(
        Connection.class,
        (self, method, arguments) -> {
          calls.add(method.getName());
          if (method.getName().equals("commit")) {
            fail(commitFailures);
          } else if (method.getName().equals("close")) {
            fail(closeFailures);
          }
          return null;
        });
  }

  private static void fail(Deque<String> failures) throws SQLException {
    if (!failures.isEmpty()) {
      throw new SQLException("as told", failures.pop());
    }
  }

  private String work(String... failures) throws SQLException {
    if (runs < failures.length) {
      throw new SQLException("as told", failures[runs++]);
    }
    runs++;
    return "done";
  }

  @Test
  void run_connectionLostAtCommit_isUnknownAndNotTriedAgain() {
    commitFailures.add(CONNECTION_LOST);

    assertThatThrownBy(() -> transactions.run(connection -> work()))
        .isInstanceOf(OutcomeUnknownException.class);
    assertThat(runs).isEqualTo(1);
  }

  @Test
  void run_connectionLostBeforeCommit_isDefinite() {
    assertThatThrownBy(() -> transactions.run(connection -> work(CONNECTION_LOST)))
        .isInstanceOf(LedgerUnavailableException.class);
    assertThat(calls).doesNotContain("commit").contains("rollback", "close");
  }

  @Test
  void run_deadlocks_areTriedAgain() {
    String result = transactions.run(connection -> work(DEADLOCK, DEADLOCK));

    assertThat(result).isEqualTo("done");
    assertThat(runs).isEqualTo(3);
  }

  @Test
  void run_deadlocksWithoutEnd_areGivenUp() {
    assertThatThrownBy(
            () ->
                transactions.run(
                    connection -> {
                      runs++;
                      throw new SQLException("as told", DEADLOCK);
                    }))
        .isInstanceOf(LedgerUnavailableException.class);
    assertThat(runs).isEqualTo(4);
  }

  @Test
  void run_conflictAtCommit_isTriedAgain() {
    commitFailures.add(DEADLOCK);

    String result = transactions.run(connection -> work());

    assertThat(result).isEqualTo("done");
    assertThat(runs).isEqualTo(2);
  }

  @Test
  void run_violationAtCommit_isDefinite() {
    commitFailures.add(UNIQUE);

    assertThatThrownBy(() -> transactions.run(connection -> work()))
        .isInstanceOf(LedgerUnavailableException.class);
  }

  @Test
  void run_closeFailsAfterCommit_isStillDone() {
    closeFailures.add(CONNECTION_LOST);

    String result = transactions.run(connection -> work());

    assertThat(result).isEqualTo("done");
  }
}
