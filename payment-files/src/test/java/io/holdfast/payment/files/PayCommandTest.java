package io.holdfast.payment.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.files.FakeNode.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code holdfast pay}, against a node that keeps idempotency and misbehaves in all other ways. */
@Timeout(60)
final class PayCommandTest {

  private static final int SOME = 60;

  private Path folder;
  private FakeNode node;
  private Path file;
  private Path report;
  private Path state;

  @BeforeEach
  void start(@TempDir Path temporary) throws IOException {
    folder = temporary;
    node = new FakeNode();
    file = folder.resolve("payments.xml");
    report = folder.resolve("report.xml");
    state = folder.resolve("state");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private CommandRun pay(String... more) {
    String[] line = new String[more.length + 6];
    List.of("pay", file.toString(), "--to", node.url(), "--report", report.toString())
        .toArray(line);
    System.arraycopy(more, 0, line, 6, more.length);
    return CommandRun.of(line);
  }

  @Test
  void goodFile_isPaid_andReported() {
    Pain.write(file, "M1", SOME);

    CommandRun run = pay();

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo("60 payments: paid 60, refused 0, not known 0, not sent 0\n");
    assertThat(node.effects()).isEqualTo(SOME);
    assertThat(node.moved()).isEqualTo(Pain.total(SOME));
    assertThat(node.received("c7")).isEqualTo(107);
    Xml xml = Xml.parse(report);
    assertThat(xml.namespace()).isEqualTo("urn:iso:std:iso:20022:tech:xsd:pain.002.001.03");
    assertThat(xml.text("CstmrPmtStsRpt/OrgnlGrpInfAndSts/OrgnlMsgId")).isEqualTo("M1");
    assertThat(xml.text("CstmrPmtStsRpt/OrgnlGrpInfAndSts/OrgnlMsgNmId"))
        .isEqualTo("pain.001.001.03");
    assertThat(xml.text("CstmrPmtStsRpt/OrgnlGrpInfAndSts/GrpSts")).isEqualTo("ACSC");
    assertThat(xml.texts("CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/TxSts"))
        .hasSize(SOME)
        .containsOnly("ACSC");
  }

  @Test
  void fileWithFaults_paysNothing_andReportsWhy() throws IOException {
    Files.writeString(file, Pain.text("faulty-03.xml"));

    CommandRun run = pay();

    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(node.requests()).isZero();
    assertThat(run.out().lines())
        .hasSize(24)
        .contains(file + ":20: JPY has 0 decimals, so there is no amount of 10.5");
    assertThat(run.err()).isEqualTo("holdfast: nothing was paid: 24 faults\n");
    Xml group = Xml.parse(report).all("CstmrPmtStsRpt/OrgnlGrpInfAndSts").get(0);
    assertThat(group.text("GrpSts")).isEqualTo("RJCT");
    assertThat(group.text("OrgnlMsgNmId")).isEqualTo("pain.001.003.03");
    assertThat(group.texts("StsRsnInf/Rsn/Cd")).hasSize(24).contains("AM10", "AM18", "AC01");
    assertThat(group.texts("StsRsnInf/AddtlInf")).contains("line 49: the amount is zero");
  }

  @Test
  void version09_isReportedWithVersion10() throws IOException {
    Files.writeString(file, Pain.text("credit-09.xml"));

    assertThat(pay("--any-date").exitCode()).isZero();

    assertThat(node.received("GB82WEST12345698765432")).isEqualTo(1_250);
    Xml xml = Xml.parse(report);
    assertThat(xml.namespace()).isEqualTo("urn:iso:std:iso:20022:tech:xsd:pain.002.001.10");
    Xml transaction = xml.all("CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts").get(0);
    assertThat(transaction.text("OrgnlUETR")).isEqualTo("8a562c67-ca16-48ba-b074-65581be6f001");
    assertThat(transaction.names()).containsExactly("OrgnlEndToEndId", "OrgnlUETR", "TxSts");
  }

  @Test
  void everyKindOfTrouble_isPaidOnceAndExactly() {
    Pain.write(file, "M1", SOME);
    Fault[] trouble = {
      Fault.REPLY_LOST,
      Fault.NONE,
      Fault.UNAVAILABLE,
      Fault.REQUEST_LOST,
      Fault.NONE,
      Fault.OUTCOME_UNKNOWN,
      Fault.IN_FLIGHT,
      Fault.TOO_MANY,
      Fault.NONE,
      Fault.MISDIRECTED
    };
    node.with(request -> request <= SOME ? trouble[request % trouble.length] : Fault.NONE);

    CommandRun run = pay("--parallel", "8");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(node.effects()).isEqualTo(SOME);
    assertThat(node.moved()).isEqualTo(Pain.total(SOME));
    assertThat(node.requests()).isGreaterThan(SOME);
  }

  @Test
  void refusals_areFinal_andReportedWithTheirReason() {
    Pain.write(file, "M1", 3);
    node.refusing("c1", "insufficient-funds").refusing("c2", "something-new");

    CommandRun run = pay("--state", state.toString());

    assertThat(run.exitCode()).isEqualTo(6);
    assertThat(run.out())
        .contains("paid 1, refused 2")
        .contains("refused insufficient-funds: 1\n", "refused something-new: 1\n");
    assertThat(node.requests()).isEqualTo(3);
    Xml block = Xml.parse(report).all("CstmrPmtStsRpt/OrgnlPmtInfAndSts").get(0);
    assertThat(block.text("PmtInfSts")).isEqualTo("PART");
    assertThat(block.texts("NbOfTxsPerSts/DtldNbOfTxs")).containsExactly("1", "2");
    assertThat(block.texts("TxInfAndSts/TxSts")).containsExactly("ACSC", "RJCT", "RJCT");
    assertThat(block.texts("TxInfAndSts/StsRsnInf/Rsn/Cd")).containsExactly("AM04", "NARR");
    assertThat(block.texts("TxInfAndSts/StsRsnInf/AddtlInf"))
        .containsExactly("insufficient-funds: It is so.", "something-new: It is so.");
  }

  @Test
  void noNodeAnswers_isPending_andTheNextRunPaysTheRest() {
    Pain.write(file, "M1", SOME);
    node.with(request -> request <= 20 ? Fault.NONE : Fault.REPLY_LOST);

    CommandRun run = pay("--state", state.toString(), "--retry-for", "300ms", "--parallel", "4");

    assertThat(run.exitCode()).isEqualTo(7);
    assertThat(run.err()).contains("stopped early: no payment had an answer for");
    assertThat(run.out()).contains("paid 20, refused 0, not known 4");
    Xml group = Xml.parse(report).all("CstmrPmtStsRpt/OrgnlGrpInfAndSts").get(0);
    assertThat(group.text("GrpSts")).isEqualTo("PART");
    assertThat(Set.copyOf(group.texts("NbOfTxsPerSts/DtldSts"))).isEqualTo(Set.of("ACSC", "PDNG"));

    int before = node.requests();
    node.with(request -> Fault.NONE);
    CommandRun again = pay("--state", state.toString());

    assertThat(again.exitCode()).isZero();
    // Four were done without an answer: the node says so.
    assertThat(again.out()).contains("paid 60 (4 of them before)");
    assertThat(node.requests() - before).as("only what was open").isEqualTo(SOME - 20);
    assertThat(node.moved()).isEqualTo(Pain.total(SOME));
  }

  @Test
  void secondRunWithoutState_paysNothingTwice() {
    Pain.write(file, "M1", SOME);
    pay();

    CommandRun again = pay();

    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).contains("paid 60 (60 of them before)");
    assertThat(node.effects()).isEqualTo(SOME);
  }

  @Test
  void paidMessage_withState_isRefused_andItsReportStays() throws IOException {
    Pain.write(file, "M1", SOME);
    pay("--state", state.toString());
    String reported = Files.readString(report);

    CommandRun again = pay("--state", state.toString());

    assertThat(again.exitCode()).isEqualTo(5);
    assertThat(again.out()).contains(":5: the message id 'M1' was paid before, until 2");
    assertThat(node.requests()).isEqualTo(SOME);
    assertThat(report).hasContent(reported);
    Pain.write(file, "M2", 1);
    assertThat(pay("--state", state.toString()).exitCode()).as("another message").isZero();
  }

  @Test
  void otherFileWithTheSameMessageId_withState_isRefused() {
    Pain.write(file, "M1", 2);
    node.with(request -> Fault.REQUEST_LOST);
    assertThat(pay("--state", state.toString(), "--retry-for", "0s").exitCode()).isEqualTo(7);
    Pain.write(file, "M1", 3);

    CommandRun run = pay("--state", state.toString());

    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.out()).contains("the message id 'M1' was that of another file on 2");
  }

  @Test
  void stateInUse_isRefused() throws IOException {
    Pain.write(file, "M1", 2);
    try (StateFile inUse = StateFile.open(state)) {
      CommandRun run = pay("--state", state.toString());
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("is in use by another run");
      inUse.begin("M0", "x", 1);
    }
    assertThat(node.requests()).isZero();
  }

  @Test
  void wrongApiKeyOrNoNode_stopsAtOnce_andRefusesNoPayment() throws IOException {
    Pain.write(file, "M1", 2_000);
    Path key = Files.writeString(folder.resolve("key"), "hf_secret\n");
    for (Fault each : List.of(Fault.UNAUTHORIZED, Fault.NO_NODE)) {
      node.with(request -> each);
      CommandRun run = pay("--key-file", key.toString());
      assertThat(run.exitCode()).isEqualTo(7);
      assertThat(run.err()).contains("stopped early: ").doesNotContain("hf_secret");
      assertThat(run.out()).contains("refused 0");
    }
    assertThat(node.requests()).isLessThan(200);
    assertThat(node.authorizations()).containsOnly("Bearer hf_secret");
  }

  @Test
  void paidWithoutAnAnswer_andThenRevoked_isNotTakenForRefused() {
    Pain.write(file, "M1", 1);
    node.with(request -> request == 1 ? Fault.REPLY_LOST : Fault.REVOKED);

    CommandRun run = pay("--state", state.toString());

    assertThat(run.exitCode()).isEqualTo(7);
    assertThat(run.out()).contains("paid 0, refused 0, not known 1");
    node.with(request -> Fault.NONE);
    assertThat(pay("--state", state.toString()).out()).contains("paid 1 (1 of them before)");
    assertThat(node.effects()).isEqualTo(1);
  }

  @Test
  void firstNodeIsDown_secondIsAsked() throws IOException {
    Pain.write(file, "M1", SOME);
    FakeNode down = new FakeNode();
    down.close();

    CommandRun run =
        CommandRun.of("pay", file.toString(), "--to", down.url() + "," + node.url() + "/");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(node.moved()).isEqualTo(Pain.total(SOME));
  }

  @Test
  void accountsFile_saysWhichAccount_andWhatIsNotInItIsAFault() throws IOException {
    Files.writeString(file, Pain.text("credit-09.xml"));
    Path accounts =
        Files.writeString(folder.resolve("accounts"), "# ours\nCH9300762011623852957, acme\n");

    CommandRun missing = pay("--any-date", "--accounts", accounts.toString());
    assertThat(missing.exitCode()).isEqualTo(5);
    assertThat(missing.out()).contains(":24: CdtrAcct: no account of the ledger goes by this");

    Files.writeString(accounts, "ch9300762011623852957, acme\nGB82WEST12345698765432 bob\n");
    assertThat(pay("--any-date", "--accounts", accounts.toString()).exitCode()).isZero();
    assertThat(node.received("bob")).isEqualTo(1_250);

    Files.writeString(accounts, "x y\n\nno-account\n");
    CommandRun broken = pay("--accounts", accounts.toString());
    assertThat(broken.exitCode()).isEqualTo(2);
    assertThat(broken.err()).contains("accounts:3: an account number and an account id");
  }

  @Test
  void check_asksNobody() {
    Pain.write(file, "M1", SOME);

    CommandRun run =
        CommandRun.of("pay", file.toString(), "--check", "--report", report.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo("no faults: message M1, 60 payments, control sum 72.70\n");
    assertThat(Xml.parse(report).text("CstmrPmtStsRpt/OrgnlGrpInfAndSts/GrpSts")).isEqualTo("ACTC");
  }

  @Test
  void wrongUsage_isExitCode2or4() throws IOException {
    Pain.write(file, "M1", 1);
    Path key = Files.writeString(folder.resolve("key"), "k");
    String f = file.toString();
    assertThat(CommandRun.of("pay", f).exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("pay", f, "--to", "ftp://x").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("pay", f, "--to", "https://u:p@x").exitCode()).isEqualTo(2);
    assertThat(pay("--parallel", "0").exitCode()).isEqualTo(2);
    CommandRun inClear =
        CommandRun.of("pay", f, "--to", "http://pay.example", "--key-file", key.toString());
    assertThat(inClear.exitCode()).isEqualTo(2);
    assertThat(inClear.err()).contains("does not go over http://");
    CommandRun noKey = CommandRun.of("pay", f, "--to", node.url(), "--key-file", folder + "/no");
    assertThat(noKey.exitCode()).isEqualTo(2);
    assertThat(noKey.err()).contains("the key file ");
    assertThat(CommandRun.of("pay", folder + "/none", "--to", node.url()).exitCode()).isEqualTo(4);
    assertThat(CommandRun.of("pay", folder.toString(), "--to", node.url()).exitCode()).isEqualTo(2);
  }
}
