package io.holdfast.payment.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.files.FakeNode.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code holdfast pay} as a process of its own: killed, stopped, and with little memory. */
@Timeout(300)
final class PayProcessTest {

  private static final int MANY = 3_000;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private Path folder;
  private FakeNode node;
  private Path file;
  private Path state;

  @BeforeEach
  void start(@TempDir Path temporary) throws IOException {
    folder = temporary;
    node = new FakeNode();
    file = folder.resolve("payments.xml");
    state = folder.resolve("state");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static void signal(Process process, String signal) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor())
        .isZero();
  }

  private static String end(Process process) throws Exception {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return output;
  }

  private Process pay(String heap, String... more) throws IOException {
    String[] line = new String[more.length + 4];
    line[0] = "pay";
    line[1] = file.toString();
    line[2] = "--to";
    line[3] = node.url();
    System.arraycopy(more, 0, line, 4, more.length);
    return CommandRun.process(heap, line).start();
  }

  @Test
  void killedInTheMiddle_andAgain_paysEachOnce() throws Exception {
    Pain.write(file, "M1", MANY);
    node.with(request -> request % 50 == 0 ? Fault.REPLY_LOST : Fault.NONE);
    for (int most : new int[] {MANY / 3, 2 * MANY / 3}) {
      Process process = pay("-Xmx48m", "--state", state.toString());
      await().atMost(LIMIT).until(() -> node.effects() >= most || !process.isAlive());
      signal(process, "KILL");
      end(process);
    }
    // As if the machine had died in the middle of a line.
    Files.writeString(state, Files.readString(state) + "0badbeef paid 17", StandardCharsets.UTF_8);
    int requests = node.requests();

    Process last = pay("-Xmx48m", "--state", state.toString());
    String said = end(last);

    assertThat(last.exitValue()).as(said).isZero();
    assertThat(said).contains(MANY + " payments: paid " + MANY);
    assertThat(node.effects()).isEqualTo(MANY);
    assertThat(node.moved()).isEqualTo(Pain.total(MANY));
    assertThat(node.requests() - requests)
        .as("what the state file knew was not asked for again")
        .isLessThan(MANY / 2);
  }

  @Test
  void toldToEnd_saysHowFarItCame_andTheNextRunPaysTheRest() throws Exception {
    Pain.write(file, "M1", MANY);
    Path report = folder.resolve("report.xml");
    Process process = pay("-Xmx48m", "--state", state.toString(), "--report", report.toString());
    await().atMost(LIMIT).until(() -> node.effects() >= 300 || !process.isAlive());
    signal(process, "TERM");
    String said = end(process);

    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(said)
        .contains("stopped early: stopped", "not known 0", "run the same command again");
    assertThat(Xml.parse(report).text("CstmrPmtStsRpt/OrgnlGrpInfAndSts/GrpSts")).isEqualTo("PART");
    int paid = node.effects();
    assertThat(paid).isLessThan(MANY);
    int requests = node.requests();

    Process rest = pay("-Xmx48m", "--state", state.toString());
    assertThat(end(rest)).contains("paid " + MANY + ",");
    assertThat(node.requests() - requests).as("all was known").isEqualTo(MANY - paid);
    assertThat(node.moved()).isEqualTo(Pain.total(MANY));
  }

  @Test
  void check_hundredThousandPayments_inLittleMemory() throws Exception {
    Pain.write(file, "M1", 100_000);

    Process process = CommandRun.process("-Xmx32m", "pay", file.toString(), "--check").start();

    assertThat(end(process)).contains("no faults: message M1, 100000 payments");
    assertThat(process.exitValue()).isZero();
  }

  @Test
  @Tag("chaos")
  void pay_hundredThousandPayments_inHalfAGigabyte() throws Exception {
    Pain.write(file, "M1", 100_000);

    // A tenth of half a gigabyte, so that a leak shows.
    Process process =
        pay(
            "-Xmx51m",
            "--state",
            state.toString(),
            "--report",
            folder.resolve("report.xml").toString());

    assertThat(end(process)).contains("100000 payments: paid 100000,");
    assertThat(process.exitValue()).isZero();
    assertThat(node.moved()).isEqualTo(Pain.total(100_000));
    assertThat(
            Xml.parse(folder.resolve("report.xml"))
                .texts("CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/TxSts"))
        .hasSize(100_000)
        .containsOnly("ACSC");
  }
}
