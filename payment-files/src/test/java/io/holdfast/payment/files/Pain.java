package io.holdfast.payment.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** Files of payments for tests. */
final class Pain {

  static final LocalDate TODAY = LocalDate.of(2026, 11, 30);
  static final String DEBTOR = "DE89370400440532013000";
  private static final String NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03";

  private Pain() {}

  /** What a check said. */
  record Checked(CheckedFile file, Faults faults) {
    List<String> lines() {
      return faults.first().stream().map(each -> each.line() + " " + each.text()).toList();
    }
  }

  static Checked check(String xml) {
    return check(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  static Checked check(InputStream xml) {
    Faults faults = new Faults();
    try {
      return new Checked(
          FileCheck.check(xml, AccountNames.themselves(), Optional.of(TODAY), faults), faults);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static InputStream resource(String name) {
    InputStream in = Pain.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalArgumentException(name);
    }
    return in;
  }

  static String text(String name) {
    try (InputStream in = resource(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** So many payments of 1.00, 1.01, ... EUR to c0, c1, ..., in blocks of a thousand. */
  static Path write(Path file, String messageId, int number) {
    BigDecimal sum = BigDecimal.valueOf(total(number), 2);
    try (Writer out = Files.newBufferedWriter(file)) {
      out.write("<?xml version=\"1.0\"?>\n<Document xmlns=\"" + NAMESPACE + "\">\n");
      out.write("<CstmrCdtTrfInitn>\n<GrpHdr>\n<MsgId>" + messageId + "</MsgId>\n");
      out.write("<CreDtTm>2026-11-30T09:30:00</CreDtTm>\n<NbOfTxs>" + number + "</NbOfTxs>\n");
      out.write("<CtrlSum>" + sum + "</CtrlSum>\n<InitgPty/>\n</GrpHdr>\n");
      for (int i = 0; i < number; i++) {
        if (i % 1000 == 0) {
          out.write(i == 0 ? "" : "</PmtInf>\n");
          out.write(block(i / 1000));
        }
        out.write(transfer("E" + i, BigDecimal.valueOf(amount(i), 2).toString(), "c" + i));
      }
      out.write("</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  private static String block(int number) {
    return """
        <PmtInf>
        <PmtInfId>P%d</PmtInfId>
        <PmtMtd>TRF</PmtMtd>
        <ReqdExctnDt>2026-11-30</ReqdExctnDt>
        <Dbtr><Nm>Acme</Nm></Dbtr>
        <DbtrAcct><Id><IBAN>%s</IBAN></Id></DbtrAcct>
        <DbtrAgt><FinInstnId/></DbtrAgt>
        """
        .formatted(number, DEBTOR);
  }

  private static String transfer(String id, String amount, String to) {
    return """
        <CdtTrfTxInf>
        <PmtId><EndToEndId>%s</EndToEndId></PmtId>
        <Amt><InstdAmt Ccy="EUR">%s</InstdAmt></Amt>
        <CdtrAcct><Id><Othr><Id>%s</Id></Othr></Id></CdtrAcct>
        </CdtTrfTxInf>
        """
        .formatted(id, amount, to);
  }

  /** The amount of one of {@link #write}, in cents. */
  static long amount(int index) {
    return 100L + index % 50;
  }

  /** The sum of the first so many. */
  static long total(int number) {
    long sum = 0;
    for (int i = 0; i < number; i++) {
      sum += amount(i);
    }
    return sum;
  }
}
