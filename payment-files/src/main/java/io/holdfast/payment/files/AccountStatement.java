package io.holdfast.payment.files;

import io.holdfast.payment.files.StatementPages.Entry;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Writes a camt.053 (bank to customer statement) in version 02 or 08, an entry at a time: the
 * account is read twice, because the balances come first.
 */
final class AccountStatement {

  private static final int LONGEST_ID = 35;
  private static final int LONGEST_NOTE = 500;
  private static final LocalTime END_OF_DAY = LocalTime.of(23, 59, 59);

  /** The versions that can be written. */
  enum Version {
    V02("camt.053.001.02"),
    V08("camt.053.001.08");

    private final String message;

    Version(String message) {
      this.message = message;
    }
  }

  private final XmlOutput xml;
  private final Version version;
  private final StatementPeriod period;
  private final StatementPages pages;

  private AccountStatement(
      XmlOutput xml, Version version, StatementPeriod period, StatementPages pages) {
    this.xml = xml;
    this.version = version;
    this.period = period;
    this.pages = pages;
  }

  /**
   * Writes it.
   *
   * @param iban by which the holder knows the account
   */
  static void write(
      Path target,
      Version version,
      String account,
      Optional<String> iban,
      StatementPages pages,
      StatementPeriod period)
      throws IOException, InterruptedException {
    period.find(pages);
    try (XmlOutput xml = XmlOutput.begin(target, version.message)) {
      new AccountStatement(xml, version, period, pages).statement(account, iban);
      xml.complete();
    }
  }

  private void statement(String account, Optional<String> iban)
      throws IOException, InterruptedException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String id = HexFormat.of().formatHex(Hashes.of(account, now.toString()), 0, 16);
    xml.start("BkToCstmrStmt")
        .start("GrpHdr")
        .text("MsgId", "M" + id)
        .text("CreDtTm", now.toString())
        .end("GrpHdr")
        .start("Stmt")
        .text("Id", "S" + id)
        .text("CreDtTm", now.toString())
        .start("FrToDt")
        .text("FrDtTm", time(period.from(), LocalTime.MIDNIGHT))
        .text("ToDtTm", time(period.until(), END_OF_DAY))
        .end("FrToDt");
    xml.start("Acct").start("Id");
    if (iban.isPresent()) {
      xml.text("IBAN", iban.get());
    } else {
      xml.start("Othr").text("Id", account, 34).end("Othr");
    }
    xml.end("Id").text("Ccy", pages.currency()).end("Acct");
    balance("OPBD", period.opening(), period.from());
    balance("CLBD", period.closing(), period.until());
    summary();
    period.entries(pages, this::entry);
    xml.end("Stmt").end("BkToCstmrStmt");
  }

  private String time(LocalDate day, LocalTime time) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(day.atTime(time).atZone(period.zone()));
  }

  private String decimal(long minorUnits) {
    return BigDecimal.valueOf(minorUnits, pages.exponent()).abs().toPlainString();
  }

  private static String side(long minorUnits) {
    return minorUnits < 0 ? "DBIT" : "CRDT";
  }

  private void balance(String kind, long minorUnits, LocalDate day) throws IOException {
    xml.start("Bal")
        .start("Tp")
        .start("CdOrPrtry")
        .text("Cd", kind)
        .end("CdOrPrtry")
        .end("Tp")
        .amount("Amt", decimal(minorUnits), pages.currency())
        .text("CdtDbtInd", side(minorUnits))
        .start("Dt")
        .text("Dt", day.toString())
        .end("Dt")
        .end("Bal");
  }

  private void summary() throws IOException {
    xml.start("TxsSummry");
    total(
        "TtlNtries",
        period.numberOfCredits() + period.numberOfDebits(),
        Math.addExact(period.credits(), period.debits()));
    total("TtlCdtNtries", period.numberOfCredits(), period.credits());
    total("TtlDbtNtries", period.numberOfDebits(), period.debits());
    xml.end("TxsSummry");
  }

  private void total(String name, int number, long sum) throws IOException {
    xml.start(name)
        .text("NbOfNtries", Integer.toString(number))
        .text("Sum", decimal(sum))
        .end(name);
  }

  private void entry(Entry entry, LocalDate booked) throws IOException {
    xml.start("Ntry")
        .text("NtryRef", Long.toString(entry.sequence()))
        .amount("Amt", decimal(entry.amount()), pages.currency())
        .text("CdtDbtInd", side(entry.amount()));
    if (version == Version.V02) {
      xml.text("Sts", "BOOK");
    } else {
      xml.start("Sts").text("Cd", "BOOK").end("Sts");
    }
    date("BookgDt", booked);
    date("ValDt", booked);
    boolean fits = entry.reference().length() <= LONGEST_ID;
    xml.text("AcctSvcrRef", fits ? entry.reference() : "").start("BkTxCd");
    if (entry.type().equals("transfer")) {
      xml.start("Domn")
          .text("Cd", "PMNT")
          .start("Fmly")
          .text("Cd", entry.amount() < 0 ? "ICDT" : "RCDT")
          .text("SubFmlyCd", "BOOK")
          .end("Fmly")
          .end("Domn");
    }
    xml.start("Prtry")
        .text("Cd", entry.type().isEmpty() ? "booking" : entry.type(), LONGEST_ID)
        .end("Prtry")
        .end("BkTxCd")
        .text("AddtlNtryInf", fits ? "" : entry.reference(), LONGEST_NOTE)
        .end("Ntry");
  }

  private void date(String name, LocalDate day) throws IOException {
    xml.start(name).text("Dt", day.toString()).end(name);
  }
}
