package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Coordinator;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.transaction.DecisionPlace;
import io.holdfast.transaction.DistributedTransaction;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.Vote;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Branches that the application works in before it commits, in two databases. */
@Timeout(60)
final class OpenBranchTest {

  private static final Duration WITHIN = Duration.ofSeconds(20);
  private static final MemoryCluster CLUSTER = MemoryCluster.onRealTime();
  private static Accounts from;
  private static Accounts to;
  private static PostgresParticipant first;
  private static PostgresParticipant second;
  private static Coordinator coordinator;
  private static Transactions transactions;

  private final String account = UUID.randomUUID().toString();

  @BeforeAll
  static void open() throws SQLException {
    PostgresAccounts one = PostgresAccounts.in(Servers.first());
    PostgresAccounts other = PostgresAccounts.in(Servers.first());
    from = one;
    to = other;
    first = one.participant("first");
    second = other.participant("second");
    coordinator =
        Coordinator.connect(
            CLUSTER.client("one", DoomedProcess.options("one")),
            DoomedProcess.options("one"),
            "memory");
    transactions = new Transactions(coordinator, List.of(first, second));
  }

  @AfterAll
  static void close() {
    transactions.close();
    coordinator.close();
    first.close();
    second.close();
    CLUSTER.close();
  }

  private void put() {
    from.put(account, 100);
    to.put(account, 100);
  }

  private void change(OpenBranch branch, int amount) throws SQLException {
    try (Statement statement = branch.connection().createStatement()) {
      statement.execute(
          "UPDATE account SET balance = balance + " + amount + " WHERE id = '" + account + "'");
    }
  }

  private Outcome transfer(DecisionPlace place) throws Exception {
    try (OpenBranch debit = first.begin(WITHIN);
        OpenBranch credit = second.begin(WITHIN)) {
      change(debit, -30);
      change(credit, 30);
      DistributedTransaction transaction =
          transactions.begin().decidedIn(place).enlist(debit).enlist(credit);
      Outcome outcome = transaction.commit();
      transaction.settled().get(WITHIN.toSeconds(), TimeUnit.SECONDS);
      return outcome;
    }
  }

  @Test
  void commit_decidedInTheClusterOrTheLastBranch_isSeenInBothOnceItHasSettled() throws Exception {
    put();

    assertThat(transfer(DecisionPlace.CLUSTER)).isInstanceOf(Outcome.Committed.class);
    assertThat(from.balance(account)).isEqualTo(70);
    assertThat(to.balance(account)).isEqualTo(130);

    assertThat(transfer(DecisionPlace.LAST_BRANCH)).isInstanceOf(Outcome.Committed.class);
    assertThat(from.balance(account)).isEqualTo(40);
    assertThat(to.balance(account)).isEqualTo(160);
  }

  @Test
  void commit_oneBranch_isCommittedAlone() throws Exception {
    put();
    try (OpenBranch debit = first.begin(WITHIN)) {
      change(debit, -30);
      DistributedTransaction transaction = transactions.begin().enlist(debit);

      assertThat(transaction.commit()).isInstanceOf(Outcome.Committed.class);

      transaction.settled().get(WITHIN.toSeconds(), TimeUnit.SECONDS);
    }
    assertThat(from.balance(account)).isEqualTo(70);
  }

  @Test
  void close_notCommitted_rollsBackAndIsRefusedAfterwards() throws Exception {
    put();
    OpenBranch debit = first.begin(WITHIN);
    OpenBranch credit = second.begin(WITHIN);
    change(debit, -30);
    change(credit, 30);
    debit.close();

    Outcome outcome = transactions.begin().enlist(debit).enlist(credit).commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    assertThat(from.balance(account)).isEqualTo(100);
    assertThat(to.balance(account)).isEqualTo(100);
  }

  /** It drops out, so that a transaction that only looks in a database need not prepare there. */
  @Test
  void prepare_nothingChanged_isReadOnlyAndLeavesNothing() throws Exception {
    put();
    TransactionId id = new TransactionId("test", "epoch", 1, Optional.empty());
    try (OpenBranch look = first.begin(WITHIN);
        Statement statement = look.connection().createStatement()) {
      statement.execute("SELECT * FROM account");

      assertThat(look.prepare(id.branch(0), WITHIN).toCompletableFuture().get(20, TimeUnit.SECONDS))
          .isEqualTo(Vote.READ_ONLY);
    }
    assertThat(from.prepared()).isEmpty();
  }

  @Test
  void connection_ofABranch_endsNothing() throws Exception {
    try (OpenBranch branch = first.begin(WITHIN)) {
      Connection connection = branch.connection();
      assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> connection.setAutoCommit(true)).isInstanceOf(SQLException.class);
    }
  }
}
