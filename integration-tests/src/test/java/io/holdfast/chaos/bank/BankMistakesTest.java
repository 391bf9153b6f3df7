package io.holdfast.chaos.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.payment.ChangedNode;
import io.holdfast.payment.NodeConfig;
import io.holdfast.payment.PaymentNode;
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.load.LoadConfig;
import io.holdfast.payment.load.LoadReport;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.scenario.topup.acquirer.HttpAcquirer;
import io.holdfast.payment.testing.acquirer.AcquirerServer;
import io.holdfast.payment.testing.acquirer.AcquirerSettings;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The judges of the bank can fail: they find every mistake that is put into a node, and none where
 * none is. By itself one mistake of each scenario and one that only the acquirer's file shows; with
 * {@code -Dholdfast.mistakes=all} all of them.
 */
@Timeout(600)
final class BankMistakesTest {

  private static final int SHARDS = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int AT_ONCE = 3;
  private static final int WAYS_PER_SECOND = 60;

  /** So many requests of each scenario, so that every kind of step was among them. */
  private static final long ENOUGH = 30;

  private static final Set<BankMistake> ORDINARY =
      EnumSet.of(
          BankMistake.NONE,
          BankMistake.TRANSFER_FORGOTTEN,
          BankMistake.CAPTURE_BOOKED_TWICE,
          BankMistake.REVERSAL_FORGOTTEN,
          BankMistake.REPAYMENT_FORGOTTEN,
          BankMistake.CHARGED_UNDER_ANOTHER_NAME);

  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(10));

  private static Path folder;
  private static PostgresServer postgres;

  @BeforeAll
  static void start(@TempDir Path temporary) {
    folder = temporary;
    postgres = PostgresServer.start(Map.of("max_connections", "300", "fsync", "off"));
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @Test
  void everyMistake_isFound_andNoneWhereNoneIs() throws InterruptedException, ExecutionException {
    Map<BankMistake, Future<List<String>>> hunts = new LinkedHashMap<>();
    ExecutorService hunters = Executors.newFixedThreadPool(AT_ONCE);
    try {
      for (BankMistake mistake : mistakes()) {
        hunts.put(mistake, hunters.submit((Callable<List<String>>) () -> judged(mistake)));
      }
      List<BankMistake> missed = new ArrayList<>();
      for (Map.Entry<BankMistake, Future<List<String>>> hunt : hunts.entrySet()) {
        List<String> found = hunt.getValue().get();
        System.out.println(hunt.getKey() + ": " + found);
        if (found.isEmpty()) {
          missed.add(hunt.getKey());
        }
      }
      assertThat(missed).containsExactly(BankMistake.NONE);
    } finally {
      hunters.shutdownNow();
    }
  }

  private static Set<BankMistake> mistakes() {
    return System.getProperty("holdfast.mistakes", "").equals("all")
        ? EnumSet.allOf(BankMistake.class)
        : ORDINARY;
  }

  /** What the judges say, each in a few words. */
  private static List<String> judged(BankMistake mistake)
      throws IOException, InterruptedException, SQLException {
    Path own = Files.createDirectory(folder.resolve(mistake.name()));
    AcquirerSettings settings =
        AcquirerSettings.of(own.resolve("charges"), BankAcquirer.KEY)
            .withFaults(1, mistake.acquirersFaults());
    Map<String, DatabaseConfig> databases = Map.of("a", freshDatabase(), "b", freshDatabase());
    try (AcquirerServer acquirer = AcquirerServer.start(settings);
        MemoryCluster memory = MemoryCluster.onRealTime();
        Coordinator observer = connect(memory, "observer");
        Registry registry = new Registry(observer);
        ServiceView view = registry.view(PaymentDirectory.SERVICE)) {
      AcquirerConfig config = AcquirerConfig.of(acquirer.uri(), BankAcquirer.KEY);
      NodeConfig node =
          ChangedNode.open(
              NodeConfig.of("memory://test/test", databases, "node")
                  .withShards(SHARDS)
                  .withAcquirer(config));
      PaymentNode started =
          ChangedNode.start(
              node, () -> connect(memory, "node"), mistake.in(new HttpAcquirer(config)));
      try (started;
          BankClients clients =
              new BankClients(
                  LoadConfig.of("bank").withSize(2, 24).withPatience(PATIENCE),
                  new PaymentDirectory(view).nodes(),
                  new ShardMap(SHARDS))) {
        await().atMost(PATIENCE).until(() -> started.owned().size() == SHARDS);
        BankAudit audit = new BankAudit(databases, config);
        clients.start(WAYS_PER_SECOND);
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    clients.reports().values().stream()
                        .mapToLong(LoadReport::acknowledged)
                        .allMatch(done -> done > ENOUGH));
        clients.stop();
        audit.awaitRest(PATIENCE);
        return judges(audit, clients, databases, own);
      }
    }
  }

  private static List<String> judges(
      BankAudit audit, BankClients clients, Map<String, DatabaseConfig> databases, Path own)
      throws SQLException, IOException, InterruptedException {
    List<String> found = new ArrayList<>();
    found.addAll(
        audit.findings(clients.journal()).wrong().keySet().stream()
            .map(check -> "audit: " + check)
            .collect(Collectors.toList()));
    if (!BankHistory.isValid(clients.journal(), databases.values())) {
      found.add("history");
    }
    audit
        .reconciled(own)
        .differences()
        .forEach((difference, count) -> found.add("acquirer: " + difference));
    return found;
  }

  private static DatabaseConfig freshDatabase() {
    String url = postgres.freshUrl();
    return DatabaseConfig.of(
            url.substring(0, url.indexOf('?')), PostgresServer.USER, PostgresServer.USER)
        .withPoolSize(8);
  }

  private static Coordinator connect(MemoryCluster memory, String client) {
    return Coordinator.connect(memory.client(client, OPTIONS), OPTIONS, "memory");
  }
}
