package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.spi.Consistency;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.HeuristicException;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.TransactionOptions;
import io.holdfast.transaction.Transactions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A standby takes over between the decision and the second phase, with the branch and without. */
@Timeout(180)
final class PostgresFailoverTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final CoordinatorOptions OPTIONS = DoomedProcess.options("one");

  private final String account = UUID.randomUUID().toString();
  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final Coordinator coordinator =
      Coordinator.connect(cluster.client("one", OPTIONS), OPTIONS, "memory");
  private final PostgresServer primary = PostgresServer.start(Servers.SETTINGS);
  private final PostgresServer standby = primary.startStandby("standby");

  /** Wherever it may be written to. */
  private final Accounts moving = new PostgresAccounts(bothUrl());

  private Accounts fixed;
  private PostgresParticipant first;
  private PostgresParticipant second;

  private String bothUrl() {
    return "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/postgres?user=%s"
            .formatted(primary.port(), standby.port(), PostgresServer.USER)
        + "&targetServerType=primary&hostRecheckSeconds=0";
  }

  @BeforeEach
  void open() throws SQLException {
    fixed = PostgresAccounts.in(Servers.first());
    moving.made();
    fixed.put(account, 100);
    moving.put(account, 100);
    first = (PostgresParticipant) fixed.participant("first");
    second = (PostgresParticipant) moving.participant("second");
    awaitReplicated();
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
    coordinator.close();
    cluster.close();
    standby.close();
    primary.close();
  }

  /** All that the primary has written is on the standby. */
  private void awaitReplicated() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        moving.strings(
                            "SELECT 1 FROM pg_stat_replication"
                                + " WHERE replay_lsn = pg_current_wal_lsn()"))
                    .isNotEmpty());
  }

  private void failOver() {
    primary.kill();
    if (!standby.isAlive()) {
      standby.restart();
    }
    standby.run("SELECT pg_promote()");
  }

  /** The second database, whose server changes before the first attempt to commit there. */
  private final class Between extends Meddling {
    private final AtomicBoolean once = new AtomicBoolean();
    private final CountDownLatch changed = new CountDownLatch(1);

    Between() {
      super(second);
    }

    @Override
    void beforeCommit() {
      if (once.compareAndSet(false, true)) {
        failOver();
        changed.countDown();
      }
    }
  }

  private Transactions transactions(Meddling to) {
    return new Transactions(
        coordinator,
        TransactionOptions.defaults().withTimeout(Duration.ofSeconds(3)),
        List.of(first, to));
  }

  private Outcome transfer(Transactions transactions, Meddling to) throws InterruptedException {
    return transactions
        .begin()
        .enlist(fixed.change(first, account, -30))
        .enlist(to.branch(moving.change(second, account, 30)))
        .commit();
  }

  private static void awaitVisible(Transactions transactions, Outcome outcome) throws Exception {
    transactions
        .awaitVisible(((Outcome.Committed) outcome).token())
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Nobody has waited for the standby: it takes over without the branch. */
  @Test
  void standbyLacksTheBranch_isToldAndNeverTakenForCommitted() throws Exception {
    Between lost = new Between();
    try (Transactions transactions = transactions(lost)) {
      // Frozen it would still find in its socket what was sent meanwhile.
      standby.kill();

      Outcome outcome = transfer(transactions, lost);
      assertThat(lost.changed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

      assertThat(outcome).isInstanceOf(Outcome.Committed.class);
      assertThatThrownBy(() -> awaitVisible(transactions, outcome))
          .hasCauseInstanceOf(HeuristicException.class)
          .hasMessageContaining("lost");
      await().atMost(PATIENCE).until(() -> fixed.balance(account) == 70);
      assertThat(moving.balance(account)).isEqualTo(100);
      assertThat(decisions()).as("kept for whoever puts it right").hasSize(1);
    }
  }

  private List<String> decisions() throws Exception {
    return coordinator
        .session()
        .thenCompose(session -> session.names(Key.of("txn", "decisions"), Consistency.LINEARIZABLE))
        .get(20, TimeUnit.SECONDS);
  }

  private void waitForTheStandby() {
    primary.run("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
    primary.run("SELECT pg_reload_conf()");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(moving.strings("SELECT sync_state FROM pg_stat_replication"))
                    .containsExactly("sync"));
  }

  /** It is committed and replicated, and the server dies before it can say so. */
  @Test
  void standbyHasTheCommit_whoseReplyIsLost_raisesNoAlarm() throws Exception {
    waitForTheStandby();
    AtomicBoolean once = new AtomicBoolean();
    Meddling replyLost =
        new Meddling(second) {
          @Override
          void committed() {
            if (once.compareAndSet(false, true)) {
              failOver();
              throw new IllegalStateException("the reply is lost");
            }
          }
        };
    try (Transactions transactions = transactions(replyLost)) {
      Outcome outcome = transfer(transactions, replyLost);
      assertThat(outcome).isInstanceOf(Outcome.Committed.class);
      await().atMost(PATIENCE).untilTrue(once);

      await()
          .atMost(PATIENCE)
          .ignoreExceptionsMatching(why -> !(why.getCause() instanceof HeuristicException))
          .untilAsserted(() -> awaitVisible(transactions, outcome));

      assertThat(moving.balance(account)).isEqualTo(130);
      await().atMost(PATIENCE).until(() -> decisions().isEmpty());
    }
  }

  /** The primary waits for the standby, at each prepare: nothing can be lost. */
  @Test
  void standbyIsSynchronous_hasTheBranchAndCommitsIt() throws Exception {
    waitForTheStandby();
    Between kept = new Between();
    try (Transactions transactions = transactions(kept)) {
      standby.pause();
      Outcome none = transfer(transactions, kept);
      standby.resume();
      assertThat(none).as("the standby did not answer").isInstanceOf(Outcome.Aborted.class);
      await().atMost(PATIENCE).until(() -> moving.prepared().isEmpty());

      Outcome outcome = transfer(transactions, kept);

      assertThat(outcome).isInstanceOf(Outcome.Committed.class);
      assertThat(kept.changed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      await().atMost(PATIENCE).ignoreExceptions().until(() -> moving.balance(account) == 130);
      await().atMost(PATIENCE).until(() -> fixed.balance(account) == 70);
    }
  }
}
