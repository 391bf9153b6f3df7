package io.holdfast.payment.testing.acquirer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.scenario.topup.TopUp;
import io.holdfast.payment.scenario.topup.TopUpScenario;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.scenario.topup.acquirer.HttpAcquirer;
import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.process.ServerProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The program itself. */
class AcquirerSimulatorTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final DocumentId ID = new DocumentId("topup_001_00000000000000000000000001");

  @TempDir private Path folder = Path.of("");

  private ServerProcess start(int port, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                AcquirerSimulator.class.getName(),
                "--port",
                Integer.toString(port),
                "--file",
                folder.resolve("charges").toString()));
    command.addAll(List.of(more));
    Path log = folder.resolve("log-" + more.length);
    ServerProcess process =
        ServerProcess.start(
            "acquirer", command, Map.of("ACQUIRER_KEY", "process-key"), folder, log);
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              assertThat(process.isAlive()).as(process.logTail(20)).isTrue();
              return Files.readString(log).contains("acquirer on http://127.0.0.1:" + port);
            });
    return process;
  }

  private static Document<TopUp> processing(int attempts) {
    return Document.of(
        ID,
        new AccountId("ann"),
        new TopUp(
            Money.of(1000, "EUR"),
            "tok_a",
            Instant.now(),
            TopUp.State.PROCESSING,
            attempts,
            0,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of()));
  }

  @SuppressWarnings("unchecked")
  private static Submission<?> due(TopUpScenario scenario, int attempts) {
    DueWork<TopUp> work = (DueWork<TopUp>) scenario.work().get(0);
    return work.due(processing(attempts))
        .toCompletableFuture()
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .join()
        .orElseThrow();
  }

  @Test
  void killedBetweenChargeAndAnswer_startedAgain_chargedOnceAndFoundOut() throws Exception {
    int port = FreePorts.find(1).get(0);
    TopUpScenario scenario =
        new TopUpScenario(
            new HttpAcquirer(
                AcquirerConfig.of(URI.create("http://127.0.0.1:" + port), "process-key")
                    .withTimeout(LIMIT)));
    try (ServerProcess first = start(port, "--fault", "crash-after=1")) {
      assertThat(due(scenario, 0).operation().type()).isEqualTo("topup-postpone");
      await().atMost(LIMIT).until(() -> !first.isAlive());
    }
    assertThat(due(scenario, 1).operation().type()).isEqualTo("topup-postpone");

    try (ServerProcess second = start(port)) {
      assertThat(due(scenario, 2).operation().type()).isEqualTo("topup-succeed");
      // An owner of the shard that knows nothing of the first attempt charges again.
      assertThat(due(scenario, 0).operation().type()).isEqualTo("topup-succeed");
      assertThat(Files.readAllLines(folder.resolve("charges"))).hasSize(1);
      assertThat(second.isAlive()).isTrue();
    }
  }

  @Test
  void commandLine_wrong_isSaid() {
    StringWriter said = new StringWriter();
    CommandLine without = AcquirerSimulator.commandLine(Map.of());
    without.setErr(new PrintWriter(said));
    assertThat(without.execute("--file", folder.resolve("x").toString())).isEqualTo(2);
    assertThat(said.toString()).contains("ACQUIRER_KEY");

    CommandLine wrong = AcquirerSimulator.commandLine(Map.of("ACQUIRER_KEY", "k"));
    wrong.setErr(new PrintWriter(said));
    assertThat(wrong.execute("--file", folder.resolve("x").toString(), "--fault", "flood=1"))
        .isEqualTo(2);
    assertThat(said.toString()).contains("not a fault: flood");
  }

  @Test
  void help_namesEveryFault() {
    String help = AcquirerSimulator.commandLine(Map.of()).getUsageMessage();
    for (Fault fault : Fault.values()) {
      assertThat(help).contains(fault.text());
    }
  }

  @Test
  void faults_sameSeed_sameFaults() {
    Faults one = new Faults(7, Map.of(Fault.SLOW, 0.2, Fault.DECLINE, 0.3));
    Faults same = new Faults(7, Map.of(Fault.DECLINE, 0.3, Fault.SLOW, 0.2));
    int slow = 0;
    int declined = 0;
    for (int call = 0; call < 10_000; call++) {
      Optional<Fault> fault = one.draw();
      assertThat(same.draw()).isEqualTo(fault);
      slow += fault.equals(Optional.of(Fault.SLOW)) ? 1 : 0;
      declined += fault.equals(Optional.of(Fault.DECLINE)) ? 1 : 0;
    }
    assertThat(slow).isBetween(1_800, 2_200);
    assertThat(declined).isBetween(2_800, 3_200);
  }
}
