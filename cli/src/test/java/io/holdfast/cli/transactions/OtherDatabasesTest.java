package io.holdfast.cli.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.CommandRun;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.testkit.mariadb.MariaDbServer;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.transaction.Branch;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.MariaDbParticipant;
import io.holdfast.transaction.jdbc.PostgresOptions;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.holdfast.transaction.jdbc.SqlWork;
import io.holdfast.transaction.jdbc.outbox.JdbcOutbox;
import io.holdfast.transaction.jdbc.saga.JdbcSagas;
import io.holdfast.transaction.jdbc.tcc.TccAction;
import io.holdfast.transaction.jdbc.tcc.TccParticipant;
import io.holdfast.transaction.outbox.Message;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What operators see and do where not all is PostgreSQL: MariaDB by XA, TCC, H2. */
@Timeout(120)
final class OtherDatabasesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final TccAction NOTHING =
      new TccAction() {
        @Override
        public void attempt(Connection connection, String arguments) {}

        @Override
        public void confirm(Connection connection, String arguments) {}

        @Override
        public void cancel(Connection connection, String arguments) {}
      };

  private static PostgresServer postgres;

  private final String cluster = "memory://operator/" + UUID.randomUUID();
  private String accounts;
  private String ledger;

  @BeforeAll
  static void start() {
    postgres = PostgresServer.start(Map.of("fsync", "off", "max_prepared_transactions", "20"));
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @BeforeEach
  void create() throws SQLException {
    accounts = postgres.freshUrl();
    ledger = MariaDbServer.shared().freshUrl();
    for (String url : List.of(accounts, ledger)) {
      run(url, "CREATE TABLE account (id int PRIMARY KEY, balance int)");
      run(url, "INSERT INTO account VALUES (1, 100)");
    }
  }

  private static void run(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> strings(String url, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }

  private static String balance(String url) throws SQLException {
    return strings(url, "SELECT balance FROM account").get(0);
  }

  private static SqlWork pay(int amount) {
    return SqlWork.of("UPDATE account SET balance = balance + ? WHERE id = 1", amount).expecting(1);
  }

  private PostgresParticipant inAccounts() throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(accounts);
    return PostgresParticipant.open(
        "accounts", source, source, PostgresOptions.defaults().withThreads(2));
  }

  /** A coordinator that dies when all is prepared and decided; its connections are closed. */
  private void leaveDecided(List<Participant> stubborn, List<Branch> branches) throws Exception {
    CoordinatorOptions options =
        CoordinatorOptions.defaults().withOwner(Owner.thisProcess("orders"));
    try (Coordinator coordinator = Coordinator.connect(cluster, options)) {
      var transaction = new Transactions(coordinator, stubborn).begin();
      branches.forEach(transaction::enlist);
      CompletableFuture<Outcome> outcome = transaction.commitAsync();
      assertThat(outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isInstanceOf(Outcome.Committed.class);
    }
  }

  private CommandRun transactions(String... words) {
    List<String> all = new ArrayList<>(List.of("transactions"));
    all.addAll(List.of(words));
    all.addAll(List.of("--connect", cluster, "--database-user", "postgres"));
    all.addAll(List.of("--database", "accounts=" + accounts, "--database", "ledger=" + ledger));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private CommandRun as(String operator, String id, String ending) {
    return transactions("resolve", id, ending, "--yes", "--unvouched", operator);
  }

  private JsonNode onlyOne() {
    CommandRun list = transactions("list", "--output", "json");
    assertThat(list.exitCode()).as(list.err()).isZero();
    assertThat(list.json()).hasSize(1);
    return list.json().get(0);
  }

  @Test
  void branchesInPostgresAndMariaDb_areListedAndCommitted() throws Exception {
    try (PostgresParticipant first = inAccounts();
        MariaDbParticipant second =
            MariaDbParticipant.open("ledger", new MariaDbDataSource(ledger))) {
      PrepareOnlyParticipant one = new PrepareOnlyParticipant(first);
      PrepareOnlyParticipant other = new PrepareOnlyParticipant(second);
      leaveDecided(
          List.of(one, other),
          List.of(
              one.keeping(first.branch(pay(-30)), true),
              other.keeping(second.branch(pay(30)), true)));
    }
    JsonNode listed = onlyOne();
    assertThat(listed.path("state").asText()).isEqualTo("committing");
    assertThat(listed.path("databases").asText()).isEqualTo("accounts ledger");
    String id = listed.path("transaction").asText();
    assertThat(transactions("show", id).out()).contains("hf:" + id + ":1").contains("ledger");
    assertThat(transactions("explain", id).out()).contains("accounts, ledger");

    assertThat(as("alice", id, "--commit").exitCode()).isZero();
    // Until the server has noticed that the connection which has prepared the branch is gone.
    await().atMost(PATIENCE).until(() -> as("bob", id, "--commit").exitCode() == 0);

    assertThat(balance(accounts)).isEqualTo("70");
    assertThat(balance(ledger)).isEqualTo("130");
    assertThat(strings(ledger, "XA RECOVER")).isEmpty();
    assertThat(transactions("list").out()).contains("nothing is in doubt");
  }

  @Test
  void tried_isListedAndLeftToTheApplication() throws Exception {
    try (Connection connection = DriverManager.getConnection(ledger)) {
      TccParticipant.createTables(connection);
    }
    try (PostgresParticipant first = inAccounts();
        TccParticipant second =
            TccParticipant.open("ledger", new MariaDbDataSource(ledger), Map.of("book", NOTHING))) {
      PrepareOnlyParticipant one = new PrepareOnlyParticipant(first);
      PrepareOnlyParticipant other = new PrepareOnlyParticipant(second);
      leaveDecided(
          List.of(one, other),
          List.of(
              one.keeping(first.branch(pay(-30)), true),
              other.keeping(second.branch("book", "{}"), true)));
    }
    JsonNode listed = onlyOne();
    assertThat(listed.path("forms").asText()).isEqualTo("prepared tried");
    assertThat(listed.path("waits_ms").isIntegralNumber()).isTrue();
    String id = listed.path("transaction").asText();
    assertThat(transactions("show", id).out()).contains("tried");
    assertThat(transactions("explain", id).out()).contains("ledger (tried)");
    assertThat(transactions("resolve", id, "--commit", "--unvouched", "alice").out())
        .contains("left to the application: hf:" + id + ":1 at ledger");

    assertThat(as("alice", id, "--commit").exitCode()).isZero();
    CommandRun done = as("bob", id, "--commit");

    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(balance(accounts)).isEqualTo("70");
    assertThat(onlyOne().path("databases").asText()).isEqualTo("ledger");
    CommandRun again = as("alice", id, "--commit");
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("only the processes of the application");
  }

  /** Nobody can end its branches but the application; how it ends is certain all the same. */
  @Test
  void triedOrphan_isAbortedByClosingItsEpoch() throws Exception {
    PGSimpleDataSource inAccounts = new PGSimpleDataSource();
    inAccounts.setUrl(accounts);
    for (String url : List.of(accounts, ledger)) {
      try (Connection connection = DriverManager.getConnection(url)) {
        TccParticipant.createTables(connection);
      }
    }
    try (Coordinator coordinator = Coordinator.connect(cluster);
        TccParticipant first =
            TccParticipant.open("accounts", inAccounts, Map.of("book", NOTHING));
        TccParticipant second =
            TccParticipant.open("ledger", new MariaDbDataSource(ledger), Map.of("book", NOTHING))) {
      PrepareOnlyParticipant one = new PrepareOnlyParticipant(first);
      PrepareOnlyParticipant other = new PrepareOnlyParticipant(second);
      CompletableFuture<Outcome> undecided =
          new Transactions(coordinator, List.of(one, other))
              .begin()
              .enlist(one.keeping(first.branch("book", "{}"), true))
              .enlist(other.keeping(second.branch("book", "{}"), false))
              .commitAsync();
      await()
          .atMost(PATIENCE)
          .until(() -> transactions("list", "--output", "json").out().contains("accounts ledger"));
      assertThat(undecided).isNotDone();
    }
    String id = onlyOne().path("transaction").asText();
    assertThat(transactions("explain", id).out())
        .contains("closes the epoch: then a process of the application aborts it");

    assertThat(as("alice", id, "--abort").exitCode()).isZero();
    CommandRun done = as("bob", id, "--abort");

    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(done.out()).contains("it aborts", "the application's processes end what is left");
    assertThat(onlyOne().path("state").asText()).isEqualTo("aborting");
    assertThat(onlyOne().path("coordinator").isNull()).isTrue();
  }

  @Test
  void doctor_looksAtEachKind() {
    CommandRun doctor =
        CommandRun.of(
            "doctor",
            "--connect",
            cluster,
            "--database",
            "ledger=" + ledger,
            "--database",
            "small=jdbc:h2:mem:" + UUID.randomUUID(),
            "--database",
            "odd=jdbc:nosuch:odd",
            "--output",
            "json");

    assertThat(doctor.exitCode()).as("one could not be examined").isEqualTo(1);
    assertThat(doctor.out())
        .contains("database ledger")
        .contains("\"MariaDB 1")
        .contains("prepared branches of ours")
        .contains("database small")
        .contains("H2")
        .contains("database odd")
        .contains("no driver for jdbc:nosuch:");
  }

  @Test
  void outboxAndSagas_inMariaDb_areShown() throws SQLException {
    JdbcOutbox outbox = JdbcOutbox.inTable("outbox");
    try (Connection connection = DriverManager.getConnection(ledger)) {
      outbox.create(connection);
      JdbcSagas.inTable("saga").create(connection);
      connection.setAutoCommit(false);
      outbox.append(connection, Message.keyed("test", "a", "hello"));
      connection.commit();
    }
    CommandRun status =
        CommandRun.of(
            "outbox",
            "status",
            "--connect",
            cluster,
            "--database",
            ledger.replace("jdbc:mariadb:", "jdbc:mysql:"),
            "--output",
            "json");
    assertThat(status.exitCode()).as(status.err()).isZero();
    assertThat(status.json().get(0).path("ready").asInt()).isEqualTo(1);
    CommandRun sagas = CommandRun.of("sagas", "list", "--connect", cluster, "--database", ledger);
    assertThat(sagas.exitCode()).as(sagas.err()).isZero();
  }

  @Test
  void noTable_isToldWithWhatMakesIt() {
    CommandRun status =
        CommandRun.of("outbox", "status", "--connect", cluster, "--database", ledger);

    assertThat(status.exitCode()).isEqualTo(4);
    assertThat(status.err()).contains("JdbcOutbox.inTable(\"outbox\").create(connection)");
  }
}
