package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.testkit.mariadb.MariaDbServer;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Vote;
import io.holdfast.transaction.xa.XaOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What MariaDB really does with XA. Its {@code innodb_rollback_on_timeout} is on, so that a wait
 * for a lock that took too long undoes the whole branch.
 */
@Timeout(60)
final class MariaDbXaTest {

  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final String DOMAIN = "d0123456789a";

  private static MariaDbServer server;
  private static MariaDbAccounts accounts;

  private final String account = UUID.randomUUID().toString();
  private final BranchId branch =
      new TransactionId(DOMAIN, "0~" + account + ".1", 1, Optional.empty()).branch(0);
  private MariaDbParticipant one;
  private MariaDbParticipant other;

  @BeforeAll
  static void start() throws InterruptedException {
    server = MariaDbServer.start("--innodb-rollback-on-timeout=ON");
    accounts = new MariaDbAccounts(server.freshUrl());
    accounts.made();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void open() throws SQLException {
    one = accounts.participant("one");
    other = accounts.participant("one");
    accounts.put(account, 100);
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private Branch change() {
    return one.branch(Accounts.change(account, -30));
  }

  private void prepare() throws Exception {
    assertThat(get(change().prepare(branch, WITHIN))).isEqualTo(Vote.PREPARED);
  }

  @Test
  void branch_prepared_isListedAndCommittedWhereItIs() throws Exception {
    prepare();
    assertThat(get(other.inDoubt(DOMAIN))).contains(branch);
    assertThat(accounts.balance(account)).isEqualTo(100);

    get(one.commit(List.of(branch)));

    assertThat(accounts.balance(account)).isEqualTo(70);
    assertThat(get(other.inDoubt(DOMAIN))).doesNotContain(branch);
  }

  /** The server calls it unknown there, as if it had ended. */
  @Test
  void branch_connectionStillThere_isNotTakenForEndedByOthers() throws Exception {
    prepare();

    assertThatThrownBy(() -> get(other.commit(List.of(branch))))
        .hasMessageContaining("belongs to the connection that has prepared it");
    assertThatThrownBy(() -> get(other.abort(List.of(branch))))
        .hasMessageContaining("belongs to the connection that has prepared it");

    one.close();
    await().ignoreExceptions().untilAsserted(() -> get(other.commit(List.of(branch))));
    assertThat(accounts.balance(account)).isEqualTo(70);
  }

  /** So does a coordinator that is frozen, or whose machine is gone. */
  @Test
  void branch_connectionIdle_isLetGoByTheServer() throws Exception {
    BranchId left = new TransactionId(DOMAIN, "0~" + account + ".2", 1, Optional.empty()).branch(0);
    Branch idle =
        one.branch(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                statement.execute("SET SESSION wait_timeout = 1");
                statement.execute("UPDATE account SET balance = 7 WHERE id = '" + account + "'");
              }
            });
    assertThat(get(idle.prepare(left, WITHIN))).isEqualTo(Vote.PREPARED);

    await().ignoreExceptions().untilAsserted(() -> get(other.commit(List.of(left))));

    assertThat(accounts.balance(account)).isEqualTo(7);
    await().ignoreExceptions().untilAsserted(() -> get(one.commit(List.of(left))));
  }

  @Test
  void branch_moreThanThreads_areAllCommitted() throws Exception {
    try (MariaDbParticipant small =
        MariaDbParticipant.open("small", accounts.source(), new XaOptions(2, 100))) {
      List<BranchId> branches = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        accounts.put(account + i, 100);
        BranchId each = branch.transaction().branch(i);
        branches.add(each);
        get(small.branch(Accounts.change(account + i, -30)).prepare(each, WITHIN));
      }

      await().ignoreExceptions().untilAsserted(() -> get(small.commit(branches)));

      for (int i = 0; i < 5; i++) {
        assertThat(accounts.balance(account + i)).isEqualTo(70);
      }
    }
  }

  @Test
  void branch_ofAnotherManager_isLeftAlone() throws Exception {
    accounts.run(
        "XA START 'foreign','1',1",
        "UPDATE account SET balance = 1 WHERE id = '" + account + "'",
        "XA END 'foreign','1',1",
        "XA PREPARE 'foreign','1',1");

    assertThat(get(one.inDoubt(DOMAIN))).doesNotContain(branch);
    await().ignoreExceptions().untilAsserted(() -> accounts.run("XA ROLLBACK 'foreign','1',1"));
  }

  @Test
  void branch_undoneByTheServerUnderTheApplication_refuses() throws Exception {
    expectRefused("SIGNAL SQLSTATE '45000'", false);
    expectRefused("UPDATE account SET balance = 0 WHERE id = '" + account + "'", true);
  }

  /**
   * Someone has the row. The server gives up the wait after a second, and with it the whole branch;
   * the application goes on as if nothing were.
   */
  private void expectRefused(String failing, boolean refuses) throws Exception {
    try (Connection rival = accounts.source().getConnection();
        Statement lock = rival.createStatement()) {
      rival.setAutoCommit(false);
      lock.execute("UPDATE account SET balance = balance WHERE id = '" + account + "'");
      Vote vote =
          get(
              one.branch(
                      connection -> {
                        try (Statement statement = connection.createStatement()) {
                          statement.execute("SET SESSION innodb_lock_wait_timeout = 1");
                          statement.execute(failing);
                        } catch (SQLException swallowed) {
                          assertThat(swallowed.getSQLState()).isNotEmpty();
                        }
                      })
                  .prepare(branch, WITHIN));
      assertThat(vote instanceof Vote.Refused).as("%s", vote).isEqualTo(refuses);
      get(one.abort(List.of(branch)));
    }
  }

  @Test
  void branch_rowsNotAsExpected_refusesAndLeavesNothing() throws Exception {
    Branch two = one.branch(Accounts.change("nobody", 1));

    assertThat(get(two.prepare(branch, WITHIN))).isInstanceOf(Vote.Refused.class);
    assertThat(get(other.inDoubt(DOMAIN))).doesNotContain(branch);
  }

  @Test
  void branch_takesTooLong_refuses() throws Exception {
    Branch slow =
        one.branch(SqlWork.of("UPDATE account SET balance = SLEEP(9) WHERE id = ?", account));

    assertThat(get(slow.prepare(branch, Duration.ofSeconds(1)))).isInstanceOf(Vote.Refused.class);
  }

  @Test
  void alone_isCommitted() throws Exception {
    assertThat(get(change().commitAlone(WITHIN))).isEqualTo(Vote.PREPARED);
    assertThat(accounts.balance(account)).isEqualTo(70);
    assertThat(get(one.inDoubt(DOMAIN))).doesNotContain(branch);
  }

  private static final Map<String, String> GOOD = Map.of("version", "10.11.6-MariaDB-log");

  private static Map<String, String> but(String name, String value) {
    Map<String, String> settings = new HashMap<>(GOOD);
    settings.put(name, value);
    return settings;
  }

  @Test
  void server_thatWouldLoseBranches_isRefused() {
    assertThatCode(() -> new MariaDbSettings(GOOD).check()).doesNotThrowAnyException();
    assertThatCode(() -> new MariaDbSettings(but("version", "5.5.5-10.5.2-MariaDB")).check())
        .doesNotThrowAnyException();
    for (Map<String, String> bad :
        List.of(
            but("version", "10.4.34-MariaDB"),
            but("version", "8.0.36"),
            but("legacy_xa_rollback_at_disconnect", "ON"),
            but("wsrep_on", "ON"),
            but("read_only", "ON"))) {
      assertThatThrownBy(() -> new MariaDbSettings(bad).check())
          .as("%s", bad)
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
