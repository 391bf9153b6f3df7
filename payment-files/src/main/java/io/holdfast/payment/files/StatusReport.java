package io.holdfast.payment.files;

import io.holdfast.payment.files.Fields.Field;
import io.holdfast.payment.files.Outcomes.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a pain.002 (customer payment status report) on a pain.001: version 001.03 on one of
 * version 03, and 001.10 on one of version 09.
 *
 * <p>The names of the transactions are read from the file once more, so that a report of any length
 * needs no memory.
 */
final class StatusReport implements PainHandler {

  private static final int LONGEST_TEXT = 105;
  private static final int LONGEST_ID = 35;

  /** As ISO 20022 says it. */
  private enum Status {
    /** Settled. */
    ACSC,
    /** Refused. */
    RJCT,
    /** Not known yet. */
    PDNG,
    /** Of several: not all the same. */
    PART,
    /** Checked, and not paid yet. */
    ACTC
  }

  /** What each refusal of the ledger is in the external code list of ISO 20022. */
  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("insufficient-funds", "AM04"),
          Map.entry("unknown-account", "AC01"),
          Map.entry("account-closed", "AC04"),
          Map.entry("account-frozen", "AC06"),
          Map.entry("currency-mismatch", "AM03"),
          Map.entry("account-not-open", "AC04"),
          Map.entry("limit-per-payment", "AM02"),
          Map.entry("limit-per-day", "AM02"),
          Map.entry("balance-too-large", "AM02"),
          Map.entry("idempotency-key-reused", "AM05"));

  private final CheckedFile file;
  private final Outcomes outcomes;
  private final XmlOutput xml;
  private int block;
  private int index;

  private StatusReport(CheckedFile file, Outcomes outcomes, XmlOutput xml) {
    this.file = file;
    this.outcomes = outcomes;
    this.xml = xml;
  }

  /** Reports what became of each payment. */
  static void write(Path target, PinnedFile source, CheckedFile file, Outcomes outcomes)
      throws IOException {
    try (XmlOutput xml = begin(target, file)) {
      StatusReport report = new StatusReport(file, outcomes, xml);
      xml.text("GrpSts", report.status(0, file.number()).name());
      report.numbers(0, file.number());
      xml.end("OrgnlGrpInfAndSts");
      PainParser.parse(source.read(), report, new Faults());
      finish(xml);
    }
  }

  /** Reports that the file was checked, and is good. */
  static void writeAccepted(Path target, CheckedFile file) throws IOException {
    try (XmlOutput xml = begin(target, file)) {
      xml.text("GrpSts", Status.ACTC.name());
      xml.end("OrgnlGrpInfAndSts");
      finish(xml);
    }
  }

  /** Reports that the whole file is refused, and why. */
  static void writeRejected(Path target, CheckedFile file, Faults faults) throws IOException {
    try (XmlOutput xml = begin(target, file)) {
      xml.text("GrpSts", Status.RJCT.name());
      for (Fault fault : faults.first()) {
        reason(xml, fault.reason().code(), "line %d: %s".formatted(fault.line(), fault.text()));
      }
      if (faults.more() > 0) {
        reason(xml, Fault.Reason.OTHER.code(), "and " + faults.more() + " more");
      }
      xml.end("OrgnlGrpInfAndSts");
      finish(xml);
    }
  }

  private static XmlOutput begin(Path target, CheckedFile file) throws IOException {
    XmlOutput xml = XmlOutput.begin(target, file.version().report());
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String id = HexFormat.of().formatHex(Hashes.of(file.messageId(), now.toString()), 0, 16);
    xml.start("CstmrPmtStsRpt")
        .start("GrpHdr")
        .text("MsgId", "R" + id)
        .text("CreDtTm", now.toString())
        .end("GrpHdr")
        .start("OrgnlGrpInfAndSts")
        .text(
            "OrgnlMsgId", file.messageId().isEmpty() ? "NOTPROVIDED" : file.messageId(), LONGEST_ID)
        .text("OrgnlMsgNmId", file.messageName(), LONGEST_ID)
        .text("OrgnlNbOfTxs", Integer.toString(file.number()))
        .text("OrgnlCtrlSum", controlSum(file));
    return xml;
  }

  /** Left out if it has more digits than the schema lets it have. */
  private static String controlSum(CheckedFile file) {
    String sum = file.sum().toPlainString();
    return InstructedAmount.decimal(sum).isPresent() ? sum : "";
  }

  private static void finish(XmlOutput xml) throws IOException {
    xml.end("CstmrPmtStsRpt");
    xml.complete();
  }

  private static void reason(XmlOutput xml, String code, String text) throws IOException {
    xml.start("StsRsnInf")
        .start("Rsn")
        .text("Cd", code)
        .end("Rsn")
        .text("AddtlInf", text, LONGEST_TEXT)
        .end("StsRsnInf");
  }

  @Override
  public void header(Fields header) {
    // Its names are known.
  }

  @Override
  public void paymentInfo(Fields info) throws IOException {
    int number = file.numberOfInfo().get(block);
    xml.start("OrgnlPmtInfAndSts")
        .text("OrgnlPmtInfId", info.text("PmtInfId"), LONGEST_ID)
        .text("OrgnlNbOfTxs", Integer.toString(number))
        .text("PmtInfSts", status(index, index + number).name());
    numbers(index, index + number);
  }

  @Override
  public void transfer(Fields transfer) throws IOException {
    xml.start("TxInfAndSts")
        .text("OrgnlInstrId", transfer.text("PmtId/InstrId"), LONGEST_ID)
        .text("OrgnlEndToEndId", transfer.text("PmtId/EndToEndId"), LONGEST_ID);
    if (file.version() == PainVersion.V09) {
      xml.text("OrgnlUETR", transfer.get("PmtId/UETR").map(Field::text).orElse(""));
    }
    Outcome outcome = outcomes.get(index);
    xml.text("TxSts", status(outcome).name());
    Reply.Refused refusal = outcomes.refusal(index);
    if (refusal != null) {
      String code = Optional.ofNullable(REASONS.get(refusal.code())).orElse("NARR");
      reason(xml, code, refusal.code() + ": " + refusal.detail());
    } else if (outcome == Outcome.NOT_SENT) {
      reason(xml, "NARR", "not sent yet");
    } else if (outcome == Outcome.UNKNOWN) {
      reason(xml, "NARR", "sent, and not known yet whether it was done");
    }
    xml.end("TxInfAndSts");
    index++;
  }

  @Override
  public void endOfPaymentInfo() throws IOException {
    xml.end("OrgnlPmtInfAndSts");
    block++;
  }

  private static Status status(Outcome outcome) {
    return switch (outcome) {
      case PAID, PAID_BEFORE -> Status.ACSC;
      case REFUSED -> Status.RJCT;
      case UNKNOWN, NOT_SENT -> Status.PDNG;
    };
  }

  private EnumMap<Status, Integer> count(int from, int to) {
    EnumMap<Status, Integer> counts = new EnumMap<>(Status.class);
    for (int i = from; i < to; i++) {
      counts.merge(status(outcomes.get(i)), 1, Integer::sum);
    }
    return counts;
  }

  private Status status(int from, int to) {
    EnumMap<Status, Integer> counts = count(from, to);
    return counts.size() == 1 ? counts.keySet().iterator().next() : Status.PART;
  }

  private void numbers(int from, int to) throws IOException {
    for (Map.Entry<Status, Integer> each : count(from, to).entrySet()) {
      xml.start("NbOfTxsPerSts")
          .text("DtldNbOfTxs", each.getValue().toString())
          .text("DtldSts", each.getKey().name())
          .end("NbOfTxsPerSts");
    }
  }
}
