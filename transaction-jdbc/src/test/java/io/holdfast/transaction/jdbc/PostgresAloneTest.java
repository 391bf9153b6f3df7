package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.DecidingBranch;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Vote;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One branch, committed by the thread that asks for it. */
@Timeout(60)
final class PostgresAloneTest {

  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final Duration BRIEF = Duration.ofSeconds(2);
  private static final Duration SHORT = Duration.ofMillis(500);

  private static PostgresAccounts accounts;

  private final String account = UUID.randomUUID().toString();
  private PostgresParticipant participant;

  @BeforeAll
  static void makeTables() {
    accounts = PostgresAccounts.in(Servers.first());
    accounts.run(
        "CREATE TABLE slow (n int)",
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN PERFORM pg_sleep(2); RETURN NEW; END'",
        "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED"
            + " FOR EACH ROW EXECUTE FUNCTION slow()");
  }

  @BeforeEach
  void open() throws SQLException {
    accounts.put(account, 100);
    participant = accounts.participant("accounts");
  }

  @AfterEach
  void close() {
    participant.close();
  }

  private static Vote vote(DecidingBranch branch, Duration within) throws Exception {
    CompletableFuture<Vote> vote = branch.commitAloneHere(within).toCompletableFuture();
    assertThat(vote).isDone();
    return vote.get();
  }

  @Test
  void statements_areCommitted() throws Exception {
    assertThat(vote(participant.branch(Accounts.change(account, -30)), WITHIN))
        .isEqualTo(Vote.PREPARED);

    assertThat(accounts.balance(account)).isEqualTo(70);
  }

  @Test
  void code_isRunByThisThreadAndCommitted() throws Exception {
    Thread[] worker = new Thread[1];
    DecidingBranch branch =
        participant.branch(
            connection -> {
              worker[0] = Thread.currentThread();
              try (PreparedStatement change =
                  connection.prepareStatement("UPDATE account SET balance = 7 WHERE id = ?")) {
                change.setString(1, account);
                change.executeUpdate();
              }
            });

    assertThat(vote(branch, WITHIN)).isEqualTo(Vote.PREPARED);

    assertThat(worker[0]).isSameAs(Thread.currentThread());
    assertThat(accounts.balance(account)).isEqualTo(7);
  }

  @Test
  void query_hasChangedNothing() throws Exception {
    SqlWork query = SqlWork.of("SELECT balance FROM account WHERE id = ?", account).expecting(1);

    assertThat(vote(participant.branch(query), WITHIN)).isEqualTo(Vote.READ_ONLY);
    assertThat(vote(participant.branch(query.asReadOnly()), WITHIN)).isEqualTo(Vote.READ_ONLY);
  }

  @Test
  void change_inWorkThatIsReadOnly_isRefused() throws Exception {
    SqlWork change = Accounts.change(account, 1).asReadOnly();

    assertThat(vote(participant.branch(change), WITHIN)).isInstanceOf(Vote.Refused.class);
    assertThat(accounts.balance(account)).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "/* first */ SELECT 1"})
  void statement_thatMustComeFirst_does(String first) throws Exception {
    SqlWork work =
        SqlWork.of(first)
            .then("UPDATE account SET balance = balance + 1 WHERE id = ?", account)
            .expecting(1);

    assertThat(vote(participant.branch(work), WITHIN)).isEqualTo(Vote.PREPARED);
    assertThat(accounts.balance(account)).isEqualTo(101);
  }

  @Test
  void rowNotThere_isRefusedWithoutEffect() throws Exception {
    SqlWork work = Accounts.change(account, 1);
    for (SqlWork.Statement each : Accounts.change("nobody", 1).statements()) {
      work = work.then(each.sql(), each.parameters().toArray()).expecting(1);
    }

    assertThat(vote(participant.branch(work), WITHIN).toString()).contains("0 rows instead of 1");
    assertThat(accounts.balance(account)).isEqualTo(100);
  }

  /** The server says so before time is up, and waits for nothing any more. */
  @Test
  void rowLocked_isRefusedInTime() throws Exception {
    try (Connection other = accounts.source().getConnection()) {
      other.setAutoCommit(false);
      try (PreparedStatement lock =
          other.prepareStatement("SELECT 1 FROM account WHERE id = ? FOR UPDATE")) {
        lock.setString(1, account);
        lock.executeQuery();
      }
      long start = System.nanoTime();

      Vote vote = vote(participant.branch(Accounts.change(account, 1)), BRIEF);

      assertThat(vote).isInstanceOf(Vote.Refused.class);
      assertThat(vote.toString()).contains("statement timeout");
      assertThat(System.nanoTime() - start).isGreaterThan(BRIEF.toNanos() / 2);
      other.rollback();
    }
    assertThat(accounts.balance(account)).isEqualTo(100);
  }

  /** Then it is not known, and found out when the server has done it. */
  @Test
  void commitTakesLongerThanThereIsTime_isFoundCommitted() throws Exception {
    SqlWork work = Accounts.change(account, 1).then("INSERT INTO slow VALUES (1)").expecting(1);
    DecidingBranch branch = participant.branch(work);
    long start = System.nanoTime();

    CompletableFuture<Vote> vote = branch.commitAloneHere(SHORT).toCompletableFuture();

    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(2));
    assertThat(vote).isCompletedExceptionally();
    await()
        .ignoreExceptions()
        .until(
            () -> branch.committedAlone().toCompletableFuture().get(20, TimeUnit.SECONDS),
            Optional.of(true)::equals);
    assertThat(accounts.balance(account)).isEqualTo(101);
  }

  /** A pool may hand it to anybody next. */
  @Test
  void connection_isGivenBackAsItWas() throws Exception {
    try (Connection only = accounts.source().getConnection();
        PostgresParticipant pooled =
            PostgresParticipant.open(
                "pooled", Unclosed.source(only), accounts.source(), PostgresOptions.defaults())) {
      int timeout = only.getNetworkTimeout();

      vote(pooled.branch(Accounts.change(account, 1)), WITHIN);
      assertThat(only.getAutoCommit()).isTrue();
      assertThat(only.getNetworkTimeout()).isEqualTo(timeout);

      vote(pooled.branch(Accounts.change("nobody", 1)), WITHIN);
      assertThat(only.getNetworkTimeout()).isEqualTo(timeout);
      vote(pooled.branch(Accounts.change(account, 1)), WITHIN);
    }
    assertThat(accounts.balance(account)).isEqualTo(102);
  }

  /** Whoever gets it next relies on auto-commit, and would lose what is never committed. */
  @Test
  void connection_ofCodeThatIsRefusedOrPrepared_isGivenBackAsItWas() throws Exception {
    ConnectionWork fine =
        connection -> connection.createStatement().execute("UPDATE account SET balance = balance");
    ConnectionWork failing = connection -> connection.createStatement().execute("SELECT 1/0");
    try (Connection only = accounts.source().getConnection();
        PostgresParticipant pooled =
            PostgresParticipant.open(
                "pooled", Unclosed.source(only), accounts.source(), PostgresOptions.defaults())) {
      assertThat(vote(pooled.branch(failing), WITHIN)).isInstanceOf(Vote.Refused.class);
      assertThat(only.getAutoCommit()).isTrue();

      BranchId id = new TransactionId("test", "epoch", 1, Optional.empty()).branch(0);
      assertThat(pooled.branch(fine).prepare(id, WITHIN).toCompletableFuture().get())
          .isEqualTo(Vote.PREPARED);
      assertThat(only.getAutoCommit()).isTrue();
      pooled.abort(List.of(id)).toCompletableFuture().get();

      only.setAutoCommit(false);
      vote(pooled.branch(Accounts.change("nobody", 1)), WITHIN);
      assertThat(only.getAutoCommit()).isFalse();
    }
  }

  /** Nothing was sent. */
  @Test
  void noTimeIsLeft_isRefused() throws Exception {
    assertThat(vote(participant.branch(Accounts.change(account, 1)), Duration.ofNanos(1)))
        .isInstanceOf(Vote.Refused.class);
    assertThat(accounts.balance(account)).isEqualTo(100);
  }
}
