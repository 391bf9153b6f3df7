package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.jdbc.outbox.JdbcOutbox;
import io.holdfast.transaction.jdbc.outbox.JdbcOutboxStore;
import io.holdfast.transaction.jdbc.tcc.TccAction;
import io.holdfast.transaction.jdbc.tcc.TccParticipant;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A server whose synchronous standby is away. Whoever cancels the wait for it, a time-out too, gets
 * a success and a warning: what was done is on this server alone, and lost if the other takes over.
 */
@Timeout(120)
final class PostgresReplicationTest {

  private static final Duration WITHIN = Duration.ofSeconds(1);
  private static final TccAction NOTHING =
      new TccAction() {
        @Override
        public void attempt(Connection connection, String arguments) {}

        @Override
        public void confirm(Connection connection, String arguments) {}

        @Override
        public void cancel(Connection connection, String arguments) {}
      };

  /** Of whoever waits for the standby. */
  private static final String CANCEL =
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
          + " WHERE wait_event = 'SyncRep' AND datname = current_database()";

  private static final AtomicLong SEQUENCES = new AtomicLong();
  private static PostgresServer server;
  private static PostgresAccounts accounts;

  private PostgresParticipant participant;

  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(Servers.SETTINGS);
    accounts = PostgresAccounts.in(server);
    accounts.put("a", 100);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open() throws SQLException {
    standbys("");
    participant =
        PostgresParticipant.open(
            "accounts",
            accounts.source(),
            control(),
            PostgresOptions.defaults().withThreads(4).withControlTimeout(WITHIN));
  }

  private static PGSimpleDataSource control() {
    PGSimpleDataSource source = (PGSimpleDataSource) PostgresAccounts.source(accounts.url());
    source.setSocketTimeout(4);
    return source;
  }

  @AfterEach
  void close() {
    standbys("");
    participant.close();
  }

  private static void standbys(String names) {
    server.run("ALTER SYSTEM SET synchronous_standby_names = '" + names + "'");
    server.run("SELECT pg_reload_conf()");
    String seen = "SELECT current_setting('synchronous_standby_names')";
    await().until(() -> accounts.strings(seen).equals(List.of(names)));
  }

  private static TransactionId id() {
    return new TransactionId(
        "d0123456789a", "0~aB.1", SEQUENCES.incrementAndGet(), Optional.of("accounts"));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  /**
   * Else the decision would be forgotten, and the standby, when it takes over, abort the branch.
   */
  @Test
  void commit_notReplicated_isNotDoneHoweverOftenItIsAsked() throws Exception {
    List<BranchId> branches = List.of(id().branch(0), id().branch(0));
    accounts.put("b", 100);
    for (BranchId each : branches) {
      String account = each.equals(branches.get(0)) ? "a" : "b";
      assertThat(get(participant.branch(Accounts.change(account, 1)).prepare(each, WITHIN)))
          .isEqualTo(Vote.PREPARED);
    }
    standbys("nobody");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> get(participant.commit(branches)))
          .isInstanceOf(ExecutionException.class);
      assertThatThrownBy(() -> get(participant.commit(branches.subList(0, 1))))
          .isInstanceOf(ExecutionException.class);
    }
    standbys("");
    get(participant.commit(branches));
  }

  /** Whoever ends the wait has the server say that all went well, with a warning. */
  @Test
  void commitAlone_notReplicated_isNotAcknowledged() throws Exception {
    accounts.put("c", 100);
    standbys("nobody");
    Branch branch = participant.branch(Accounts.change("c", 1));
    Branch code =
        participant.branch(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("UPDATE account SET balance = 0 WHERE id = 'a'");
              }
            });

    for (Branch each : List.of(branch, code)) {
      CompletionStage<Vote> cancelled = each.commitAlone(WITHIN);
      await().until(() -> !accounts.strings(CANCEL).isEmpty());
      assertThatThrownBy(() -> get(cancelled)).isInstanceOf(ExecutionException.class);
      assertThatThrownBy(() -> get(each.committedAlone())).isInstanceOf(ExecutionException.class);
    }
    standbys("");
    for (Branch each : List.of(branch, code)) {
      assertThat(get(each.committedAlone())).contains(true);
    }
  }

  /** The text is in the language of the server. */
  @Test
  void warning_inAnyLanguage_isNotTakenForNothing() {
    SQLWarning german =
        new SQLWarning(
            "storniere Warten auf synchrone Replikation wegen Benutzeraufforderung", "01000");
    SQLWarning notice = new SQLWarning("table does not exist, skipping", "00000");

    assertThat(Replication.isInDoubt(german)).isTrue();
    notice.setNextWarning(german);
    assertThat(Replication.isInDoubt(notice)).isTrue();
    assertThat(Replication.isInDoubt(new SQLWarning("skipping", "00000"))).isFalse();
    assertThat(Replication.isInDoubt(null)).isFalse();
  }

  /** A function of the application's raises one: that is no reason to refuse. */
  @Test
  void warning_ofTheApplication_isPreparedAndCommitted() throws Exception {
    BranchId id = id().branch(0);
    accounts.put("d", 100);
    Branch warning =
        participant.branch(
            SqlWork.of("DO 'BEGIN RAISE WARNING ''mind the gap''; END'")
                .then("UPDATE account SET balance = 1 WHERE id = 'd'"));

    assertThat(get(warning.prepare(id, WITHIN))).isEqualTo(Vote.PREPARED);
    get(participant.commit(List.of(id)));

    assertThat(accounts.balance("d")).isEqualTo(1);
  }

  /** Whoever lets commits be lost in a crash must not lose one that others have relied on. */
  @Test
  void decision_whereCommitsAreNotFlushed_isFlushed() throws Exception {
    PostgresAccounts careless = PostgresAccounts.in(server);
    careless.put("a", 100);
    careless.run(
        "CREATE TABLE seen (setting text)",
        "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO seen"
            + " VALUES (current_setting(''synchronous_commit'')); RETURN NEW; END'",
        "CREATE CONSTRAINT TRIGGER look AFTER INSERT ON holdfast_decision"
            + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look()",
        "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET synchronous_commit = off'',"
            + " current_database()); END'");
    try (PostgresParticipant there = careless.participant("careless")) {
      TransactionId id = id();
      get(there.openEpoch(id.domain(), id.epoch()));
      assertThat(
              get(
                  there
                      .branch(Accounts.change("a", 1))
                      .commitDeciding(id, "commit 0=other", WITHIN)))
          .isEqualTo(Vote.PREPARED);
    }
    assertThat(careless.strings("SELECT setting FROM seen")).containsExactly("on");
  }

  /** A vote, a hold, a mark: others rely on it as soon as it is committed. */
  @Test
  void triesAndMarks_whereCommitsAreNotFlushed_areFlushed() throws Exception {
    PostgresAccounts careless = PostgresAccounts.in(server);
    JdbcOutbox outbox = JdbcOutbox.inTable("outbox");
    try (Connection connection = careless.source().getConnection()) {
      TccParticipant.createTables(connection);
      outbox.create(connection);
    }
    careless.run(
        "CREATE TABLE seen (setting text)",
        "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO seen"
            + " VALUES (TG_TABLE_NAME || '' '' || current_setting(''synchronous_commit''));"
            + " RETURN NEW; END'",
        "CREATE CONSTRAINT TRIGGER look AFTER INSERT ON holdfast_barrier"
            + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look()",
        "CREATE CONSTRAINT TRIGGER look AFTER UPDATE ON outbox_fence"
            + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look()",
        "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET synchronous_commit = off'',"
            + " current_database()); END'");
    try (TccParticipant there =
            TccParticipant.open("careless", careless.source(), Map.of("book", NOTHING));
        JdbcOutboxStore store = outbox.store(careless.source())) {
      assertThat(get(there.branch("book", "").prepare(id().branch(0), WITHIN)))
          .isEqualTo(Vote.PREPARED);
      get(store.seal(FencingToken.of(new Revision(7))));
    }
    assertThat(careless.strings("SELECT setting FROM seen"))
        .containsExactly("holdfast_barrier on", "outbox_fence on");
  }
}
