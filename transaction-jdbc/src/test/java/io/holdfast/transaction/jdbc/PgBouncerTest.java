package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.postgres.PgBouncer;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.DecidingBranch;
import io.holdfast.transaction.DecisionPlace;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.Vote;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Through a pooler in transaction mode, with fewer sessions than there are branches. */
@Timeout(120)
final class PgBouncerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TRANSFERS = 30;
  private static final CoordinatorOptions OPTIONS = DoomedProcess.options("one");

  private final String account = UUID.randomUUID().toString();
  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final Coordinator coordinator =
      Coordinator.connect(cluster.client("one", OPTIONS), OPTIONS, "memory");
  private PostgresAccounts first;
  private PostgresAccounts second;
  private PgBouncer pooler;
  private PostgresParticipant one;
  private PostgresParticipant other;

  @BeforeEach
  void open() throws SQLException, InterruptedException {
    first = PostgresAccounts.in(Servers.first());
    second = PostgresAccounts.in(Servers.second());
    first.put(account, 100);
    second.put(account, 100);
    String database = second.url().replaceAll(".*/|\\?.*", "");
    PostgresServer server = Servers.second();
    pooler = PgBouncer.start(server, database, 2);
    one = first.participant("one");
    other = pooled();
  }

  private PostgresParticipant pooled() throws SQLException {
    return PostgresParticipant.open(
        "other",
        PostgresAccounts.source(pooler.workUrl()),
        PostgresAccounts.source(pooler.controlUrl()),
        PostgresOptions.defaults().withThreads(8));
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
    coordinator.close();
    cluster.close();
    pooler.close();
  }

  /** By messages, by statements, and with the decision in the last branch. */
  @Test
  void transfers_manyAtOnce_areAllCommitted() throws Exception {
    Transactions transactions = new Transactions(coordinator, List.of(one, other));
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < TRANSFERS; i++) {
      // Each its own: two that wait for each other at two databases wait until their time is up.
      String each = account + "-" + i;
      first.put(each, 100);
      second.put(each, 100);
      DecidingBranch credit =
          i % 2 == 0 ? other.branch(Accounts.change(each, 1)) : byStatements(each);
      outcomes.add(
          transactions
              .begin(PATIENCE)
              .decidedIn(i % 3 == 0 ? DecisionPlace.LAST_BRANCH : DecisionPlace.CLUSTER)
              .enlist(one.branch(Accounts.change(each, -1)))
              .enlist(credit)
              .commitAsync());
    }

    for (CompletableFuture<Outcome> outcome : outcomes) {
      assertThat(outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Committed.class);
    }
    await().atMost(PATIENCE).until(() -> second.prepared().isEmpty());
    await().atMost(PATIENCE).until(() -> first.prepared().isEmpty());
    assertThat(second.strings("SELECT id FROM account WHERE balance = 101")).hasSize(TRANSFERS);
    assertThat(first.strings("SELECT id FROM account WHERE balance = 99")).hasSize(TRANSFERS);
    transactions.close();
  }

  private DecidingBranch byStatements(String each) {
    return other.branch(
        connection -> {
          for (int half : new int[] {2, -1}) {
            try (PreparedStatement change =
                connection.prepareStatement(
                    "UPDATE account SET balance = balance + ? WHERE id = ?")) {
              change.setInt(1, half);
              change.setString(2, each);
              change.executeUpdate();
            }
          }
        });
  }

  @Test
  void branch_leftByAnother_isListedAndEnded() throws Exception {
    BranchId left = new TransactionId("d0123456789a", "0~m1.1", 1, Optional.empty()).branch(0);
    Vote vote =
        other
            .branch(Accounts.change(account, 5))
            .prepare(left, PATIENCE)
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    assertThat(vote).isEqualTo(Vote.PREPARED);

    try (PostgresParticipant recoverer = pooled()) {
      assertThat(recoverer.inDoubt("d0123456789a").toCompletableFuture().get(20, TimeUnit.SECONDS))
          .containsExactly(left);
      recoverer.commit(List.of(left)).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    assertThat(second.balance(account)).isEqualTo(105);
  }
}
