package io.holdfast.cli.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.CommandRun;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Login;
import io.holdfast.coordination.security.Secret;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import io.holdfast.testkit.zookeeper.ServerSettings;
import io.holdfast.testkit.zookeeper.ZooKeeperCluster;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.PostgresOptions;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import io.holdfast.transaction.jdbc.SqlWork;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What operators see and do about transactions, on a real PostgreSQL. */
@Timeout(120)
final class TransactionCommandsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static EmbeddedPostgres server;

  private final String uri = "memory://operator/" + UUID.randomUUID();
  private final List<PostgresParticipant> opened = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    server =
        EmbeddedPostgres.builder()
            .setServerConfig("max_prepared_transactions", "20")
            .setServerConfig("fsync", "off")
            .setPGStartupWait(Duration.ofMinutes(1))
            .start();
    run(server.getPostgresDatabase(), "CREATE DATABASE accounts", "CREATE DATABASE ledger");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void tables() throws Exception {
    for (String name : List.of("accounts", "ledger")) {
      run(
          source(name),
          "DROP TABLE IF EXISTS account",
          "CREATE TABLE account (id int PRIMARY KEY, balance int)",
          "INSERT INTO account VALUES (1, 100)");
    }
  }

  @AfterEach
  void endAll() throws Exception {
    for (String name : List.of("accounts", "ledger")) {
      for (String gid :
          strings(name, "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")) {
        run(source(name), "ROLLBACK PREPARED '" + gid + "'");
      }
    }
    opened.forEach(PostgresParticipant::close);
  }

  private static String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + database;
  }

  private static DataSource source(String database) {
    return server.getDatabase("postgres", database);
  }

  private static void run(DataSource source, String... statements) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static List<String> strings(String database, String query) throws SQLException {
    try (Connection connection = source(database).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }

  private static String balance(String database) throws SQLException {
    return strings(database, "SELECT balance FROM account").get(0);
  }

  private static int prepared(String database) throws SQLException {
    return strings(
            database, "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")
        .size();
  }

  private PostgresParticipant participant(String database) throws SQLException {
    PostgresParticipant participant =
        PostgresParticipant.open(
            database,
            source(database),
            source(database),
            PostgresOptions.defaults().withThreads(2));
    opened.add(participant);
    return participant;
  }

  private static SqlWork pay(int amount) {
    return SqlWork.of("UPDATE account SET balance = balance + ? WHERE id = 1", amount).expecting(1);
  }

  /** A coordinator that dies when all is prepared, and decided or not. */
  private void leaveInDoubt(String cluster, boolean decided) throws Exception {
    leaveInDoubt(cluster, CoordinatorOptions.defaults(), decided);
  }

  private void leaveInDoubt(String cluster, CoordinatorOptions login, boolean decided)
      throws Exception {
    CoordinatorOptions options = login.withOwner(Owner.thisProcess("orders"));
    try (Coordinator coordinator = Coordinator.connect(cluster, options)) {
      PostgresParticipant inAccounts = participant("accounts");
      PostgresParticipant inLedger = participant("ledger");
      PrepareOnlyParticipant accounts = new PrepareOnlyParticipant(inAccounts);
      PrepareOnlyParticipant ledger = new PrepareOnlyParticipant(inLedger);
      Transactions transactions = new Transactions(coordinator, List.of(accounts, ledger));
      var outcome =
          transactions
              .begin()
              .enlist(accounts.keeping(inAccounts.branch(pay(-30)), true))
              .enlist(ledger.keeping(inLedger.branch(pay(30)), decided))
              .commitAsync();
      await().atMost(PATIENCE).until(() -> prepared("accounts") + prepared("ledger") == 2);
      if (decided) {
        outcome.get();
      }
    }
  }

  private CommandRun transactions(String cluster, String... words) {
    return CommandRun.of(
        Stream.of(
                Stream.of("transactions"),
                Stream.of(words),
                Stream.of("--connect", cluster, "--database-user", "postgres"),
                Stream.of("--database", url("accounts"), "--database", "ledger=" + url("ledger")))
            .flatMap(each -> each)
            .toArray(String[]::new));
  }

  /** One operator proposes it, and another one does the same. */
  private CommandRun resolved(String cluster, String id, String ending, String... more) {
    CommandRun proposed = as("alice", cluster, id, ending, more);
    assertThat(proposed.exitCode()).as(proposed.err()).isZero();
    assertThat(proposed.out()).contains("nothing is done yet");
    return as("bob", cluster, id, ending, more);
  }

  private CommandRun as(String name, String cluster, String id, String ending, String... more) {
    return transactions(
        cluster,
        Stream.concat(
                Stream.of("resolve", id, ending, "--yes", "--unvouched", name), Stream.of(more))
            .toArray(String[]::new));
  }

  private String onlyOne(String cluster) {
    CommandRun list = transactions(cluster, "list", "--output", "json");
    assertThat(list.exitCode()).as(list.err()).isZero();
    assertThat(list.json()).hasSize(1);
    return list.json().get(0).path("transaction").asText();
  }

  @Test
  void decided_isShownExplainedAndCommittedOnlyWithYes() throws Exception {
    leaveInDoubt(uri, true);

    JsonNode listed = transactions(uri, "list", "--output", "json").json().get(0);
    assertThat(listed.path("state").asText()).isEqualTo("committing");
    assertThat(listed.path("databases").asText()).contains("accounts").contains("ledger");
    assertThat(listed.path("coordinator").asText()).isEqualTo("orders");
    assertThat(listed.path("coordinator_pid").asLong()).isEqualTo(ProcessHandle.current().pid());
    assertThat(listed.path("waits_ms").isIntegralNumber()).isTrue();
    assertThat(listed.path("forms").asText()).isEqualTo("prepared");
    String id = onlyOne(uri);
    assertThat(transactions(uri, "show", id).out()).contains("hf:" + id + ":0");
    assertThat(transactions(uri, "explain", id).out())
        .contains("decided that it commits")
        .contains("resolve --commit");
    JsonNode epoch =
        CommandRun.of("transactions", "epochs", "--connect", uri, "--output", "json").json().get(0);
    assertThat(epoch.path("state").asText()).isEqualTo("orphaned");
    assertThat(epoch.path("decisions").asInt()).isEqualTo(1);

    CommandRun otherName =
        CommandRun.of(
            "transactions",
            "resolve",
            id,
            "--commit",
            "--connect",
            uri,
            "--database-user",
            "postgres",
            "--database",
            "seats=" + url("accounts"),
            "--unvouched",
            "alice");
    assertThat(otherName.err()).contains("is called seats").contains("[accounts, ledger]");

    CommandRun contrary = transactions(uri, "resolve", id, "--abort", "--yes");
    assertThat(contrary.exitCode()).isEqualTo(1);
    assertThat(contrary.err()).contains("it is decided that it commits");
    CommandRun dry = transactions(uri, "resolve", id, "--commit", "--unvouched", "alice");
    assertThat(dry.exitCode()).as(dry.err()).isZero();
    assertThat(dry.out()).contains("dry run");
    assertThat(prepared("accounts")).isEqualTo(1);
    assertThat(CommandRun.of("audit", "--connect", uri).out()).contains("no operator");

    CommandRun done = resolved(uri, id, "--commit", "--reason", "no one left");
    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(balance("accounts")).isEqualTo("70");
    assertThat(balance("ledger")).isEqualTo("130");
    JsonNode audit = CommandRun.of("audit", "--connect", uri, "--output", "json").json();
    assertThat(audit.findValuesAsText("action"))
        .containsExactlyInAnyOrder("transaction.propose", "transaction.resolve");
    assertThat(audit.findValuesAsText("subject")).allMatch(subject -> subject.contains(id));
    assertThat(audit.findValuesAsText("reason"))
        .anyMatch(
            reason ->
                reason.contains("proposed by alice (vouched for by nobody): no one left")
                    && reason.contains("confirmed by bob (vouched for by nobody)"));
    assertThat(transactions(uri, "resolve", id, "--commit", "--yes").exitCode()).isEqualTo(4);
    assertThat(transactions(uri, "list").out()).contains("nothing is in doubt");
  }

  @Test
  void orphaned_zooKeeper_isAborted() throws Exception {
    try (EmbeddedZooKeeper store = EmbeddedZooKeeper.start()) {
      assertOrphanIsAborted("zookeeper://127.0.0.1:" + store.port() + "/payments");
    }
  }

  @Test
  void orphaned_etcd_isAborted() throws Exception {
    try (EtcdCluster store = EtcdCluster.start(1)) {
      assertOrphanIsAborted("etcd://" + store.endpoints().get(0) + "/payments");
    }
  }

  private void assertOrphanIsAborted(String cluster) throws Exception {
    leaveInDoubt(cluster, false);
    String id = onlyOne(cluster);
    assertThat(transactions(cluster, "explain", id).out()).contains("orders").contains("dead");

    CommandRun refused = transactions(cluster, "resolve", id, "--commit", "--yes");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("can only be aborted").contains("nothing was changed");
    assertThat(transactions(cluster, "resolve", id, "--commit").exitCode())
        .as("the dry run says so, too")
        .isEqualTo(1);
    assertThat(prepared("accounts")).isEqualTo(1);
    assertThat(CommandRun.of("audit", "--connect", cluster).out()).contains("no operator");
    assertThat(transactions(cluster, "list").out())
        .as("its epoch is open still")
        .contains("orphaned");
    CommandRun nobody = transactions(cluster, "resolve", id, "--abort", "--yes");
    assertThat(nobody.exitCode()).isEqualTo(2);
    assertThat(nobody.err()).contains("nobody vouches for who you are", "--unvouched");
    assertThat(transactions(cluster, "resolve", id, "--abort", "--unvouched", "alice").out())
        .contains("close epoch")
        .contains("audit trail")
        .contains("hf:" + id + ":0 at accounts (" + url("accounts") + ")")
        .contains("hf:" + id + ":1 at ledger (" + url("ledger") + ")");
    assertThat(as("alice", cluster, id, "--abort").exitCode()).isZero();
    CommandRun alone = as("alice", cluster, id, "--abort");
    assertThat(alone.exitCode()).isEqualTo(1);
    assertThat(alone.err()).contains("another operator has to confirm it");
    assertThat(prepared("accounts")).isEqualTo(1);
    CommandRun done = as("bob", cluster, id, "--abort");

    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(prepared("accounts") + prepared("ledger")).isZero();
    assertThat(balance("accounts")).isEqualTo("100");
    assertThat(CommandRun.of("audit", "--connect", cluster).out())
        .contains("transaction.close-epoch")
        .contains("transaction.resolve")
        .contains("accounts (" + url("accounts") + ")");
  }

  @Test
  void generationRaisedSince_endsAsTheOperatorSays() throws Exception {
    leaveInDoubt(uri, false);
    CommandRun.of("generation", "bump", "--yes", "--connect", uri);
    String id = onlyOne(uri);

    CommandRun dry = transactions(uri, "resolve", id, "--commit", "--unvouched", "alice");
    assertThat(dry.out())
        .contains("dry run")
        .contains("close epoch")
        .contains("write the decision to commit into the cluster, on the operators' word alone");
    assertThat(dry.err()).contains("WARNING: no decision is known", "makes money or loses it");
    CommandRun done = resolved(uri, id, "--commit");

    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(balance("ledger")).isEqualTo("130");
  }

  /** The first branch is in a database that was not given: perhaps it has ended the other way. */
  @Test
  void generationRaisedSince_missingBranches_areNamed() throws Exception {
    leaveInDoubt(uri, false);
    CommandRun.of("generation", "bump", "--yes", "--connect", uri);
    String id = onlyOne(uri);

    CommandRun half =
        CommandRun.of(
            "transactions",
            "resolve",
            id,
            "--commit",
            "--connect",
            uri,
            "--database-user",
            "postgres",
            "--database",
            "ledger=" + url("ledger"),
            "--unvouched",
            "alice");

    assertThat(half.err()).contains("WARNING: branches [0] of it are not prepared here");
  }

  @Test
  void proposals_areListedAndWithdrawn() throws Exception {
    leaveInDoubt(uri, false);
    CommandRun.of("generation", "bump", "--yes", "--connect", uri);
    String id = onlyOne(uri);
    as("alice", uri, id, "--commit", "--reason", "the caller has its receipt");

    CommandRun listed =
        CommandRun.of("transactions", "proposals", "--connect", uri, "--output", "json");
    assertThat(listed.exitCode()).as(listed.err()).isZero();
    JsonNode proposed = listed.json().get(0);
    assertThat(proposed.path("transaction").asText()).isEqualTo(id);
    assertThat(proposed.path("ending").asText()).isEqualTo("commit");
    assertThat(proposed.path("by").asText()).isEqualTo("alice");
    assertThat(proposed.path("voucher").asText()).isEqualTo("nobody");
    assertThat(proposed.path("reason").asText()).isEqualTo("the caller has its receipt");
    assertThat(proposed.path("on_word_alone").asBoolean()).isTrue();
    CommandRun contrary = as("bob", uri, id, "--abort");
    assertThat(contrary.exitCode()).isEqualTo(1);
    assertThat(contrary.err()).contains("alice").contains("the contrary");

    String[] withdraw = {"transactions", "withdraw", id, "--connect", uri, "--unvouched", "bob"};
    assertThat(CommandRun.of(withdraw).exitCode()).isZero();
    assertThat(CommandRun.of(withdraw).exitCode()).isEqualTo(4);
    assertThat(CommandRun.of("transactions", "proposals", "--connect", uri).out())
        .contains("nothing is proposed");
    assertThat(resolved(uri, id, "--abort").exitCode()).isZero();
    assertThat(balance("ledger")).isEqualTo("100");
  }

  @Test
  void etcdWithUsers_vouchesForWhoLogsIn(@TempDir Path folder) throws Exception {
    try (EtcdCluster store = EtcdCluster.start(1)) {
      for (String user : List.of("alice", "bob")) {
        store.etcdctl("user", "add", user + ":" + user + "s-word");
        store.etcdctl("role", "add", user);
        store.etcdctl("role", "grant-permission", user, "--prefix=true", "readwrite", "/payments/");
        store.etcdctl("user", "grant-role", user, user);
        Files.writeString(folder.resolve(user), user + "s-word\n");
      }
      String cluster = store.uri("payments");
      leaveInDoubt(cluster, false);
      store.enableAuthentication(Secret.of("root".toCharArray()));
      String[] alice = {
        "--abort", "--yes", "--user", "alice", "--password-file", folder.resolve("alice").toString()
      };
      String[] bob = {
        "--abort", "--yes", "--user", "bob", "--password-file", folder.resolve("bob").toString()
      };
      String id =
          transactions(cluster, loggedIn(alice, "list", "--output", "json"))
              .json()
              .get(0)
              .path("transaction")
              .asText();

      CommandRun masked = transactions(cluster, with(alice, "resolve", id, "--unvouched", "bob"));
      assertThat(masked.exitCode()).isEqualTo(2);
      assertThat(masked.err()).contains("vouches for you as alice");
      assertThat(transactions(cluster, with(alice, "resolve", id)).out()).contains("proposed");
      CommandRun alone = transactions(cluster, with(alice, "resolve", id));
      assertThat(alone.exitCode()).isEqualTo(1);
      assertThat(alone.err()).contains("alice (by the store's login) has proposed it");
      assertThat(prepared("accounts")).isEqualTo(1);
      CommandRun done = transactions(cluster, with(bob, "resolve", id));

      assertThat(done.exitCode()).as(done.err()).isZero();
      assertThat(prepared("accounts") + prepared("ledger")).isZero();
    }
  }

  private static String[] with(String[] login, String... words) {
    return Stream.concat(Stream.of(words), Stream.of(login)).toArray(String[]::new);
  }

  /** Without the words of resolve. */
  private static String[] loggedIn(String[] login, String... words) {
    return with(Arrays.copyOfRange(login, 2, login.length), words);
  }

  /** All programs of a namespace are one user there, so that one alone is nobody in particular. */
  @Test
  void zooKeeperWithOneUser_isNotTwoOperators(@TempDir Path folder) throws Exception {
    Login payments = new Login("payments", Secret.of("right".toCharArray()));
    Files.writeString(folder.resolve("password"), "right\n");
    try (ZooKeeperCluster store =
        ZooKeeperCluster.start(1, ServerSettings.defaults().withUsers(payments))) {
      String cluster = store.uri("payments");
      leaveInDoubt(
          cluster,
          CoordinatorOptions.defaults()
              .withCredentials(Credentials.none().withLogin("payments", payments.password())),
          false);
      String[] login = {
        "--abort",
        "--yes",
        "--user",
        "payments",
        "--password-file",
        folder.resolve("password").toString()
      };
      String id =
          transactions(cluster, loggedIn(login, "list", "--output", "json"))
              .json()
              .get(0)
              .path("transaction")
              .asText();

      CommandRun first = transactions(cluster, with(login, "resolve", id));
      assertThat(first.exitCode()).as(first.err()).isZero();
      CommandRun second = transactions(cluster, with(login, "resolve", id));
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.err()).contains("another operator has to confirm it");
      assertThat(transactions(cluster, with(login, "resolve", id, "--unvouched", "bob")).exitCode())
          .isEqualTo(2);
      assertThat(prepared("accounts")).isEqualTo(1);
    }
  }

  @Test
  void databaseAway_isToldOfAndTheRestShown() throws Exception {
    leaveInDoubt(uri, true);

    CommandRun list =
        CommandRun.of(
            "transactions",
            "list",
            "--connect",
            uri,
            "--database-user",
            "postgres",
            "--database",
            url("accounts"),
            "--database",
            "gone=jdbc:postgresql://127.0.0.1:1/gone",
            "--database",
            "odd=jdbc:nosuch://127.0.0.1/odd",
            "--database",
            "mysql.example.com");

    assertThat(list.exitCode()).isEqualTo(1);
    assertThat(list.out()).contains("committing");
    assertThat(list.err().lines())
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).contains("gone"),
            line -> assertThat(line).contains("odd").contains("--driver-path"),
            line -> assertThat(line).contains("mysql.example.com").contains("not a database"));
  }

  @Test
  void noneUsable_isWrongUsage() {
    CommandRun list =
        CommandRun.of("transactions", "list", "--connect", uri, "--database", "jdbc:nosuch:odd");

    assertThat(list.exitCode()).isEqualTo(2);
    assertThat(list.err()).contains("no driver for jdbc:nosuch:").contains("HOLDFAST_DRIVER_PATH");
  }

  @Test
  void passwordInUrl_isRefusedAndNotRepeated() {
    CommandRun run =
        CommandRun.of(
            "transactions",
            "list",
            "--connect",
            uri,
            "--database",
            url("accounts") + "?user=a&password=sesame");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--database-password-file").doesNotContain("sesame");
    assertThat(CommandRun.of("transactions", "list", "--connect", uri).exitCode()).isEqualTo(2);
  }

  @Test
  void doctor_database_tellsOfSettingsAndOfWhatIsLeft() throws Exception {
    leaveInDoubt(uri, true);
    run(
        source("accounts"),
        "BEGIN; INSERT INTO account VALUES (2, 1); PREPARE TRANSACTION 'theirs'");

    CommandRun doctor =
        CommandRun.of(
            "doctor",
            "--connect",
            uri,
            "--database-user",
            "postgres",
            "--database",
            url("accounts"),
            "--output",
            "json");

    assertThat(doctor.exitCode()).as("fsync is off").isEqualTo(1);
    assertThat(doctor.out())
        .contains("database accounts")
        .contains("fsync is off")
        .contains("max_prepared_transactions is 20")
        .contains("1 prepared branches of ours");
  }
}
