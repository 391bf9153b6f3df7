package io.holdfast.payment.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code holdfast statement}. */
@Timeout(60)
final class StatementCommandTest {

  private static final Pattern ASKED =
      Pattern.compile("/accounts/([^/]+)/statement\\?after=(\\d+)&limit=\\d+");

  /** So that a few entries are several pages. */
  private static final int PAGE = 2;

  private record Line(long seq, String at, long amount, long balance, String reference) {
    String json() {
      return "{\"seq\":%d,\"at\":\"%s\",\"amount\":%d,\"balance\":%d,\"type\":\"transfer\",\"reference\":\"%s\"}"
          .formatted(seq, at, amount, balance, reference);
    }
  }

  private final List<Line> lines = new ArrayList<>();
  private Path out;
  private FakeNode node;
  private String currency = "EUR\",\"exponent\":2,\"x\":\"";

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    out = folder.resolve("statement.xml");
    node = new FakeNode().pages(this::page);
    add(3, "2026-10-31T23:59:59Z", 10_000, "r3");
    add(7, "2026-11-01T00:00:00Z", -2_550, "r7");
    add(8, "2026-11-15T12:00:00.123Z", -10_000, "r".repeat(69));
    // A node whose clock is behind: booked after the one before it all the same.
    add(12, "2026-10-31T23:00:00Z", 5, "r12");
    add(13, "2026-11-30T23:59:59Z", 1_000, "r13");
    add(20, "2026-12-01T00:00:00Z", 99_999, "r20");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private void add(long seq, String at, long amount, String reference) {
    long before = lines.isEmpty() ? 0 : lines.get(lines.size() - 1).balance;
    lines.add(new Line(seq, at, amount, before + amount, reference));
  }

  private String page(String asked) {
    Matcher question = ASKED.matcher(asked);
    if (!question.matches() || question.group(1).equals("nobody")) {
      return "";
    }
    long after = Long.parseLong(question.group(2));
    List<Line> rest = lines.stream().filter(each -> each.seq > after).toList();
    List<Line> now = rest.subList(0, Math.min(PAGE, rest.size()));
    String next = rest.size() > PAGE ? ",\"next\":" + now.get(now.size() - 1).seq : "";
    return "{\"account\":\"%s\",\"currency\":\"%s\",\"entries\":[%s]%s}"
        .formatted(
            question.group(1),
            currency,
            String.join(",", now.stream().map(Line::json).toList()),
            next);
  }

  private CommandRun statement(String account, String from, String until, String... more) {
    List<String> line =
        new ArrayList<>(List.of("statement", account, "--to", node.url(), "--out", out.toString()));
    line.addAll(List.of("--from", from, "--until", until));
    line.addAll(List.of(more));
    return CommandRun.of(line.toArray(new String[0]));
  }

  @Test
  void month_hasBalancesAndEntriesOfThatMonth() {
    CommandRun run = statement("acme", "2026-11-01", "2026-11-30");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("4 entries from 2026-11-01 to 2026-11-30");
    Xml document = Xml.parse(out);
    assertThat(document.namespace()).isEqualTo("urn:iso:std:iso:20022:tech:xsd:camt.053.001.08");
    Xml statement = document.all("BkToCstmrStmt/Stmt").get(0);
    assertThat(statement.names())
        .containsExactly("Id", "CreDtTm", "FrToDt", "Acct", "Bal", "TxsSummry", "Ntry");
    assertThat(statement.text("FrToDt/FrDtTm")).isEqualTo("2026-11-01T00:00:00Z");
    assertThat(statement.text("Acct/Id/Othr/Id")).isEqualTo("acme");
    assertThat(statement.texts("Bal/Tp/CdOrPrtry/Cd")).containsExactly("OPBD", "CLBD");
    assertThat(statement.texts("Bal/Amt")).containsExactly("100.00", "15.45");
    assertThat(statement.texts("Bal/CdtDbtInd")).containsExactly("CRDT", "DBIT");
    assertThat(statement.text("TxsSummry/TtlNtries/NbOfNtries")).isEqualTo("4");
    assertThat(statement.text("TxsSummry/TtlCdtNtries/Sum")).isEqualTo("10.05");
    assertThat(statement.text("TxsSummry/TtlDbtNtries/Sum")).isEqualTo("125.50");
    assertThat(statement.texts("Ntry/NtryRef")).containsExactly("7", "8", "12", "13");
    assertThat(statement.texts("Ntry/Amt")).containsExactly("25.50", "100.00", "0.05", "10.00");
    assertThat(statement.all("Ntry/Amt").get(0).attribute("Ccy")).isEqualTo("EUR");
    assertThat(statement.texts("Ntry/CdtDbtInd")).containsExactly("DBIT", "DBIT", "CRDT", "CRDT");
    assertThat(statement.texts("Ntry/Sts/Cd")).containsOnly("BOOK").hasSize(4);
    assertThat(statement.texts("Ntry/BookgDt/Dt"))
        .containsExactly("2026-11-01", "2026-11-15", "2026-11-15", "2026-11-30");
    assertThat(statement.texts("Ntry/AcctSvcrRef")).containsExactly("r7", "r12", "r13");
    assertThat(statement.texts("Ntry/AddtlNtryInf")).containsExactly("r".repeat(69));
    assertThat(statement.all("Ntry").get(0).names())
        .containsExactly(
            "NtryRef", "Amt", "CdtDbtInd", "Sts", "BookgDt", "ValDt", "AcctSvcrRef", "BkTxCd");
  }

  @Test
  void periods_closeWhereTheNextOneOpens() {
    statement("acme", "2026-10-01", "2026-10-31");
    List<String> october = Xml.parse(out).texts("BkToCstmrStmt/Stmt/Bal/Amt");
    statement("acme", "2026-12-01", "2026-12-31");
    List<String> december = Xml.parse(out).texts("BkToCstmrStmt/Stmt/Bal/Amt");
    statement("acme", "2027-01-01", "2027-01-01");
    Xml later = Xml.parse(out).all("BkToCstmrStmt/Stmt").get(0);

    assertThat(october).containsExactly("0.00", "100.00");
    assertThat(december).containsExactly("15.45", "984.54");
    assertThat(later.texts("Bal/Amt")).containsExactly("984.54", "984.54");
    assertThat(later.all("Ntry")).isEmpty();
  }

  @Test
  void version02_zoneAndYen() {
    currency = "JPY\",\"exponent\":0,\"x\":\"";

    CommandRun run =
        statement("acme", "2026-11-01", "2026-11-01", "--format", "v02", "--zone", "Europe/Berlin");

    assertThat(run.exitCode()).as(run.err()).isZero();
    Xml document = Xml.parse(out);
    assertThat(document.namespace()).isEqualTo("urn:iso:std:iso:20022:tech:xsd:camt.053.001.02");
    Xml statement = document.all("BkToCstmrStmt/Stmt").get(0);
    // An hour before midnight in London is the next day in Berlin.
    assertThat(statement.texts("Ntry/Amt")).containsExactly("10000", "2550");
    assertThat(statement.texts("Ntry/Sts")).containsExactly("BOOK", "BOOK");
    assertThat(statement.text("FrToDt/ToDtTm")).isEqualTo("2026-11-01T23:59:59+01:00");
  }

  @Test
  void iban_namesTheAccount() {
    statement("DE89370400440532013000", "2026-11-01", "2026-11-30");

    assertThat(Xml.parse(out).text("BkToCstmrStmt/Stmt/Acct/Id/IBAN"))
        .isEqualTo("DE89370400440532013000");
  }

  @Test
  void statementThatDoesNotAddUp_isNotWritten() {
    lines.set(2, new Line(8, "2026-11-15T12:00:00Z", -10_000, 17, "r"));

    CommandRun run = statement("acme", "2026-11-01", "2026-11-30");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("the statement does not add up: entry 8");
    assertThat(out).doesNotExist();
    assertThat(out.resolveSibling("statement.xml.part")).doesNotExist();
  }

  @Test
  void unknownAccountOrWrongUsage_saysSo() {
    CommandRun unknown = statement("nobody", "2026-11-01", "2026-11-30");
    assertThat(unknown.exitCode()).isEqualTo(4);
    assertThat(unknown.err()).contains("no such account");
    assertThat(statement("acme", "2026-11-02", "2026-11-01").exitCode()).isEqualTo(2);
    assertThat(statement("a/../b", "2026-11-01", "2026-11-01").exitCode()).isEqualTo(2);
    assertThat(statement("acme", "yesterday", "2026-11-01").exitCode()).isEqualTo(2);
  }
}
