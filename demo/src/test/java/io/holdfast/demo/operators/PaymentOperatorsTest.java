package io.holdfast.demo.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.cli.Holdfast;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.http.server.tls.HttpTls;
import io.holdfast.http.server.tls.TlsIdentity;
import io.holdfast.http.server.tls.TlsOptions;
import io.holdfast.payment.NodeConfig;
import io.holdfast.payment.NodeSecurity;
import io.holdfast.payment.PaymentNode;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.testing.acquirer.AcquirerServer;
import io.holdfast.payment.testing.acquirer.AcquirerSettings;
import io.holdfast.spi.Consistency;
import io.holdfast.testkit.postgres.PostgresServer;
import io.holdfast.testkit.tls.TestAuthority;
import io.holdfast.transaction.TransactionId;
import io.vertx.core.http.ClientAuth;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands for a payment cluster, against a node with TLS, API keys and two databases. */
@Timeout(180)
final class PaymentOperatorsTest {

  private static final String CLUSTER = "memory://operators-" + UUID.randomUUID() + "/payments";
  private static final String ACQUIRER_KEY = "test-acquirer-key";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SHARDS = 4;
  private static final String IBAN = "DE89370400440532013000";

  private static Path folder;
  private static PostgresServer postgres;
  private static Map<String, DatabaseConfig> databases;
  private static AcquirerServer acquirer;
  private static TestAuthority authority;
  private static PaymentNode node;
  private static HttpClient https;

  @BeforeAll
  static void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    postgres = PostgresServer.start(Map.of("fsync", "off"));
    databases = new TreeMap<>(Map.of("a", freshDatabase(), "b", freshDatabase()));
    acquirer = AcquirerServer.start(AcquirerSettings.of(folder.resolve("charges"), ACQUIRER_KEY));
    authority = TestAuthority.create("bank");
    for (String name : List.of("olga", "otto")) {
      add(name, "operator");
    }
    add("firm", "customer");
    TlsOptions tls =
        new TlsOptions(
            new TlsIdentity.Pem(authority.server()), Optional.of(authority.pem()), ClientAuth.NONE);
    node =
        PaymentNode.start(
            NodeConfig.of(CLUSTER, databases, "node")
                .withShards(SHARDS)
                .withSecurity(NodeSecurity.plain().withTls(tls))
                .withAcquirer(AcquirerConfig.of(acquirer.uri(), ACQUIRER_KEY)));
    https = HttpTls.load(tls).secure(HttpClient.newBuilder()).build();
    await().atMost(LIMIT).until(() -> node.owned().size() == SHARDS);
    open("firm-1", "firm");
    open("supplier-1", "other");
    open("supplier-2", "other");
    fund("firm-1", 100_000);
  }

  @AfterAll
  static void stop() {
    node.close();
    authority.close();
    acquirer.close();
    postgres.close();
  }

  private static DatabaseConfig freshDatabase() {
    String url = postgres.freshUrl();
    return DatabaseConfig.of(
        url.substring(0, url.indexOf('?')), PostgresServer.USER, PostgresServer.USER);
  }

  private static String url(String database) {
    return Objects.requireNonNull(databases.get(database)).url();
  }

  private record Run(int code, String out, String err) {

    /** All that was printed. */
    String text() {
      return out + err;
    }
  }

  private static Run run(CommandLine commandLine, List<String> line) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    int code = commandLine.execute(line.toArray(String[]::new));
    return new Run(code, out.toString(), err.toString());
  }

  private static Run holdfast(String... line) {
    return run(Holdfast.commandLine(), List.of(line));
  }

  /** A command that asks the node, as this caller. */
  private static Run asks(String caller, String... words) {
    List<String> line = new ArrayList<>(List.of(words));
    line.addAll(
        List.of(
            "--to", node.url(),
            "--key-file", key(caller).toString(),
            "--tls-ca", authority.pem().toString()));
    return run(Holdfast.commandLine(), line);
  }

  private static Path key(String caller) {
    return folder.resolve(caller + ".key");
  }

  private static void add(String name, String role) {
    Run added =
        holdfast(
            "callers",
            "add",
            name,
            "--role",
            role,
            "--key-file",
            key(name).toString(),
            "--connect",
            CLUSTER);
    assertThat(added.code()).as(added.text()).isZero();
  }

  private static JsonNode post(String caller, String path, String name, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        https.send(
            HttpRequest.newBuilder(URI.create(node.url() + path))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + Files.readString(key(caller)).strip())
                .header("Idempotency-Key", name)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
    return new ObjectMapper().readTree(answer.body());
  }

  private static JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        https.send(
            HttpRequest.newBuilder(URI.create(node.url() + path))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + Files.readString(key("olga")).strip())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return new ObjectMapper().readTree(answer.body());
  }

  private static void open(String account, String owner) throws Exception {
    post(
        "olga",
        "/accounts",
        "open-" + account,
        "{\"account\":\"%s\",\"owner\":\"%s\",\"currency\":\"EUR\"}".formatted(account, owner));
  }

  private static void fund(String account, long amount) throws Exception {
    String money = "\"amount\":%d,\"currency\":\"EUR\",\"reason\":\"cash\"".formatted(amount);
    String id =
        post("olga", "/accounts/" + account + "/funding", "fund", "{" + money + "}")
            .path("approval")
            .asText();
    post(
        "otto",
        "/approvals/" + id + "/approve",
        "approve",
        "{\"operation\":\"fund\",\"request\":{\"account\":\"%s\",%s}}".formatted(account, money));
  }

  private static long posted(String account) throws Exception {
    return get("/accounts/" + account).path("posted").asLong();
  }

  /** A branch of a payment of before the last restore: no decision, and none may be presumed. */
  private static TransactionId leaveBranch() throws Exception {
    try (Coordinator coordinator = Coordinator.connect(CLUSTER)) {
      String domain =
          coordinator
              .reading()
              .thenCompose(
                  reading -> reading.list(Key.of("txn", "domain"), Consistency.LINEARIZABLE))
              .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
              .entries()
              .get(0)
              .payload()
              .text();
      TransactionId id = new TransactionId(domain, "9~restored.1", 7, Optional.empty());
      change("INSERT INTO branch VALUES (1, '" + id.branch(0) + "', 'infinity', '{}')");
      return id;
    }
  }

  private static void change(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(url("a"), PostgresServer.USER, PostgresServer.USER);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Run transactions(String... words) {
    List<String> line = new ArrayList<>(List.of("transactions"));
    line.addAll(List.of(words));
    line.addAll(List.of("--connect", CLUSTER));
    if (!words[0].equals("withdraw")) {
      line.addAll(List.of("--database-user", PostgresServer.USER, "--database", "a=" + url("a")));
    }
    return run(Holdfast.commandLine(), line);
  }

  @Test
  void transactions_listPaymentsAndAskForOperatorsKeys() throws Exception {
    String id = leaveBranch().toString();
    try {
      Run list = transactions("list");
      assertThat(list.out()).as(list.text()).contains(id, "lost", "ledger-a");
      String[] resolve = {"resolve", id, "--abort", "--yes"};
      assertThat(transactions(resolve).err()).contains("give --operator-key-file");
      assertThat(transactions(with(resolve, "--unvouched", "otto")).code()).isEqualTo(2);
      Run firm = transactions(with(resolve, "--operator-key-file", key("firm").toString()));
      assertThat(firm.code()).isEqualTo(2);
      assertThat(firm.err()).contains("role operator").doesNotContain("hfk_");

      String[] olgas = with(resolve, "--operator-key-file", key("olga").toString());
      Run proposed = transactions(olgas);
      assertThat(proposed.code()).as(proposed.text()).isZero();
      assertThat(proposed.text()).contains("olga (by an operator's key)", "WARNING");
      Run alone = transactions(olgas);
      assertThat(alone.code()).isEqualTo(1);
      assertThat(alone.err()).contains("another operator has to confirm it");
      Run otto =
          transactions("resolve", id, "--abort", "--operator-key-file", key("otto").toString());
      assertThat(otto.out()).contains("dry run", "confirm, as otto", "olga");
      assertThat(transactions("withdraw", id, "--operator-key-file", key("otto").toString()).code())
          .isZero();
    } finally {
      change("DELETE FROM branch WHERE shard = 1 AND deadline = 'infinity'");
    }
  }

  /** Who has proposed something and was revoked since has not two hands in it any more. */
  @Test
  void transactions_proposerRevoked_isNotConfirmed() throws Exception {
    add("oscar", "operator");
    String id = leaveBranch().toString();
    try {
      String[] resolve = {"resolve", id, "--abort", "--yes"};
      transactions(with(resolve, "--operator-key-file", key("oscar").toString()));
      holdfast("callers", "revoke", "oscar", "--yes", "--connect", CLUSTER);

      Run refused = transactions(with(resolve, "--operator-key-file", key("otto").toString()));
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err()).contains("oscar").contains("no operator any more");
      transactions("withdraw", id, "--operator-key-file", key("otto").toString());
    } finally {
      change("DELETE FROM branch WHERE shard = 1 AND deadline = 'infinity'");
    }
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
  }

  private static String transfer(String id, String amount, String to) {
    return """
        <CdtTrfTxInf><PmtId><EndToEndId>%s</EndToEndId></PmtId>
        <Amt><InstdAmt Ccy="EUR">%s</InstdAmt></Amt>
        <CdtrAcct><Id><Othr><Id>%s</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>
        """
        .formatted(id, amount, to);
  }

  private static Path names(String payer) throws IOException {
    return Files.writeString(
        folder.resolve("names-of-" + payer),
        IBAN + "," + payer + "\nsupplier-1,supplier-1\nsupplier-2,supplier-2\n");
  }

  private static Path payments() throws IOException {
    String text =
        """
        <?xml version="1.0"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn>
        <GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-30T09:30:00</CreDtTm><NbOfTxs>3</NbOfTxs>
        <CtrlSum>1512.50</CtrlSum><InitgPty/></GrpHdr>
        <PmtInf><PmtInfId>P1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt>2026-11-30</ReqdExctnDt>
        <Dbtr><Nm>Firm</Nm></Dbtr><DbtrAcct><Id><IBAN>%s</IBAN></Id></DbtrAcct>
        <DbtrAgt><FinInstnId/></DbtrAgt>
        %s%s%s</PmtInf></CstmrCdtTrfInitn></Document>
        """
            .formatted(
                IBAN,
                transfer("E1", "10.00", "supplier-1"),
                transfer("E2", "2.50", "supplier-2"),
                transfer("E3", "1500.00", "supplier-1"));
    return Files.writeString(folder.resolve("payments.xml"), text);
  }

  @Test
  void payAndStatement_withTlsAndKey_payOnceAndTellSo() throws Exception {
    Path file = payments();
    Path names = names("firm-1");
    Path report = folder.resolve("report.xml");
    String[] pay = {
      "pay",
      file.toString(),
      "--any-date",
      "--accounts",
      names.toString(),
      "--report",
      report.toString(),
      "--retry-for",
      "5s"
    };

    // What is more than the account has is refused, and the rest is paid.
    Run first = asks("firm", pay);
    assertThat(first.code()).as(first.text()).isEqualTo(6);
    assertThat(Files.readString(report)).contains("ACSC", "RJCT", "E3");
    assertThat(posted("firm-1")).isEqualTo(98_750);
    Run second = asks("firm", pay);
    assertThat(second.code()).as(second.text()).isEqualTo(6);
    assertThat(posted("firm-1")).isEqualTo(98_750);
    assertThat(posted("supplier-1")).isEqualTo(1_000);

    Path statement = folder.resolve("statement.xml");
    String today = LocalDate.now(ZoneOffset.UTC).toString();
    String[] tell = {
      "statement",
      "firm-1",
      "--from",
      LocalDate.now(ZoneOffset.UTC).minusDays(1).toString(),
      "--until",
      today,
      "--accounts",
      names.toString(),
      "--out",
      statement.toString()
    };
    Run told = asks("firm", tell);
    assertThat(told.code()).as(told.text()).isZero();
    assertThat(told.out()).contains("3 entries");
    assertThat(Files.readString(statement)).contains("camt.053", IBAN, "987.50", "2.50");
  }

  @Test
  void pay_whoIsNotKnownOrDoesNotKnowTheNode_paysNothing() throws Exception {
    Path file = payments();
    Path names = names("firm-1");
    String stranger = Files.readString(key("firm")).strip().replaceAll(".{8}$", "00000000");
    Files.writeString(key("stranger"), stranger);
    String[] pay = {
      "pay", file.toString(), "--any-date", "--accounts", names.toString(), "--retry-for", "2s"
    };

    Run unknown = asks("stranger", pay);
    assertThat(unknown.code()).as(unknown.text()).isEqualTo(7);
    assertThat(unknown.text()).contains("caller").doesNotContain(stranger);
    List<String> line = new ArrayList<>(List.of(pay));
    line.addAll(List.of("--to", node.url(), "--key-file", key("firm").toString()));
    Run untrusting = run(Holdfast.commandLine(), line);
    assertThat(untrusting.code()).as(untrusting.text()).isEqualTo(7);
    assertThat(untrusting.text()).contains("certificate");
    assertThat(
            asks(
                    "firm",
                    "statement",
                    "nobody-1",
                    "--from",
                    "2026-11-01",
                    "--until",
                    "2026-11-30",
                    "--out",
                    folder.resolve("none.xml").toString())
                .code())
        .isEqualTo(4);
  }

  @Test
  void shards_listedAndMoved() throws Exception {
    Run listed = asks("olga", "shards", "list", "--output", "json");
    assertThat(listed.code()).as(listed.text()).isZero();
    JsonNode shards = new ObjectMapper().readTree(listed.out());
    assertThat(shards).hasSize(SHARDS);
    String from = shards.get(0).path("database").asText();
    String to = from.equals("a") ? "b" : "a";

    Run moved = asks("olga", "shards", "move", "0", to);
    assertThat(moved.code()).as(moved.text()).isZero();
    assertThat(asks("olga", "shards", "list").out()).containsPattern("(?m)^0 +node +" + to + " ");
    assertThat(asks("olga", "shards", "move", "0", to).code()).isZero();

    assertThat(asks("olga", "shards", "move", "0", "nowhere").text()).contains("nowhere");
    assertThat(asks("olga", "shards", "move", "99", to).code()).isNotZero();
    assertThat(asks("firm", "shards", "list").code()).isNotZero();
    assertThat(asks("firm", "shards", "move", "0", from).code()).isNotZero();
  }

  private static Run reconcile(String... more) {
    Map<String, String> environment =
        Map.of(
            "HOLDFAST_DB_USER", PostgresServer.USER,
            "HOLDFAST_DB_PASSWORD", PostgresServer.USER,
            "HOLDFAST_ACQUIRER_KEY", ACQUIRER_KEY);
    CommandLine commandLine = new CommandLine(new ReconcileCommand(environment::get));
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println(failure.getMessage());
          return 1;
        });
    List<String> line = new ArrayList<>(List.of(more));
    line.addAll(List.of("--day", LocalDate.now(ZoneOffset.UTC).toString()));
    return run(commandLine, line);
  }

  @Test
  void reconcile_findsWhatDiffers_andCheckMendsIt() throws Exception {
    String a = "a=" + url("a");
    String b = "--db=b=" + url("b");
    String asked = "--acquirer=" + acquirer.uri();
    String id =
        post(
                "firm",
                "/topups",
                "topup",
                "{\"account\":\"firm-1\",\"amount\":700,\"currency\":\"EUR\",\"card\":\"tok_1\"}")
            .path("id")
            .asText();
    await()
        .atMost(LIMIT)
        .until(() -> get("/topups/" + id).path("state").asText().equals("SUCCEEDED"));

    Run agrees = reconcile(asked, "--db", a, b);
    assertThat(agrees.code()).as(agrees.text()).isZero();
    assertThat(agrees.text()).contains("1 charges of 700", "agree");
    Run partly = reconcile(asked, "--db", a);
    assertThat(partly.code()).isEqualTo(1);
    assertThat(partly.err()).contains("all databases");

    acquirer.chargeBack(id, 300);
    Run differs = reconcile(asked, "--db", a, b);
    assertThat(differs.code()).as(differs.text()).isEqualTo(5);
    assertThat(differs.out()).contains("CHARGEBACK_MISSING_HERE", id, "300 EUR");
    JsonNode json =
        new ObjectMapper().readTree(reconcile(asked, "--db", a, b, "--output", "json").out());
    assertThat(json.get(0).path("topup").asText()).isEqualTo(id);
    assertThat(json.get(0).path("theirs").asLong()).isEqualTo(300);

    Run checked = asks("olga", "topups", "check", id);
    assertThat(checked.code()).as(checked.text()).isZero();
    await().atMost(LIMIT).until(() -> reconcile(asked, "--db", a, b).code() == 0);
    assertThat(asks("olga", "topups", "check", id.replaceAll("[0-9a-v]{4}$", "0000")).code())
        .isEqualTo(4);
  }

  @Test
  void reconcile_faultyFile_saysEveryFaultAndComparesNothing() throws Exception {
    Path file = Files.writeString(folder.resolve("settled"), "settlement,1,2020-01-01\nend,3\n");
    Run faulty = reconcile("--file", file.toString(), "--db", url("a"));
    assertThat(faulty.code()).isEqualTo(1);
    assertThat(faulty.err()).contains("line 1", "line 2").doesNotContain("we have");
    assertThat(reconcile("--db", url("a")).err()).contains("either --file");
  }
}
