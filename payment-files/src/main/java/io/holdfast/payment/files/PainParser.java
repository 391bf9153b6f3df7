package io.holdfast.payment.files;

import io.holdfast.payment.files.Fields.Field;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLStreamConstants;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pain.001 (customer credit transfer initiation) once, one transaction at a time.
 *
 * <p>It is no validation against the schema: elements that nothing here depends on are skipped, and
 * so are those of other namespaces. What is used is used only from its right place, and only once.
 */
final class PainParser {

  private static final String INITIATION = "CstmrCdtTrfInitn";
  private static final String HEADER = "GrpHdr";
  private static final String INFO = "PmtInf";
  private static final String TRANSFER = "CdtTrfTxInf";

  /** The longest text that is kept: more than the longest of any element that is. */
  private static final int LONGEST_TEXT = 512;

  /** By the path within the part; everything else is skipped. */
  private static final Set<String> KEPT =
      Set.of(
          "MsgId",
          "CreDtTm",
          "NbOfTxs",
          "CtrlSum",
          "InitgPty",
          "PmtInfId",
          "PmtMtd",
          "ReqdExctnDt",
          "ReqdExctnDt/Dt",
          "ReqdExctnDt/DtTm",
          "Dbtr",
          "DbtrAcct",
          "DbtrAcct/Id/IBAN",
          "DbtrAcct/Id/Othr/Id",
          "DbtrAgt",
          "PmtId/InstrId",
          "PmtId/EndToEndId",
          "PmtId/UETR",
          "Amt/InstdAmt",
          "Amt/EqvtAmt",
          "Amt/EqvtAmt/Amt",
          "CdtrAcct",
          "CdtrAcct/Id/IBAN",
          "CdtrAcct/Id/Othr/Id");

  /** Of those, the ones that may have elements inside. */
  private static final Set<String> PARTS =
      Set.of("InitgPty", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt", "Amt/EqvtAmt", "CdtrAcct");

  private final XmlCursor xml;
  private final PainHandler handler;
  private final Faults faults;
  private String namespace = "";
  private @Nullable Fields info;
  private boolean infoTold;

  private PainParser(XmlCursor xml, PainHandler handler, Faults faults) {
    this.xml = xml;
    this.handler = handler;
    this.faults = faults;
  }

  /**
   * Reads to the end.
   *
   * @param faults what is wrong with the message's structure, and does not keep it from being read
   * @throws BrokenFileException if it cannot be read on, or is another message
   * @throws IOException if the source fails, or by what the handler does
   */
  static void parse(InputStream source, PainHandler handler, Faults faults) throws IOException {
    try (XmlCursor xml = new XmlCursor(source)) {
      new PainParser(xml, handler, faults).document();
    }
  }

  private void document() throws IOException {
    start();
    namespace = xml.namespace();
    Optional<PainVersion> version = PainVersion.of(namespace);
    if (!xml.name().equals("Document") || version.isEmpty()) {
      throw new BrokenFileException(
          xml.line(),
          "this is no pain.001 in version 03 or 09, but %s in the namespace '%s'"
              .formatted(xml.name(), shortened(namespace)));
    }
    handler.message(version.get(), PainVersion.messageName(namespace));
    start();
    if (!isOurs() || !xml.name().equals(INITIATION)) {
      throw new BrokenFileException(xml.line(), INITIATION + " is missing in Document");
    }
    initiation();
    if (nextTag() != XMLStreamConstants.END_ELEMENT) {
      throw new BrokenFileException(xml.line(), "Document has a second message");
    }
    if (nextTag() != XMLStreamConstants.END_DOCUMENT) {
      throw new BrokenFileException(xml.line(), "there is more after the Document");
    }
  }

  private static String shortened(String text) {
    return text.length() > 100 ? text.substring(0, 100) : text;
  }

  private void start() throws IOException {
    if (nextTag() != XMLStreamConstants.START_ELEMENT) {
      throw new BrokenFileException(xml.line(), INITIATION + " is missing");
    }
  }

  private int nextTag() throws IOException {
    int event = xml.next();
    while (event == XMLStreamConstants.CHARACTERS) {
      event = xml.next();
    }
    return event;
  }

  private boolean isOurs() {
    return xml.namespace().equals(namespace);
  }

  private void initiation() throws IOException {
    long begun = xml.line();
    boolean header = false;
    boolean payments = false;
    while (nextTag() == XMLStreamConstants.START_ELEMENT) {
      String name = isOurs() ? xml.name() : "";
      if (name.equals(HEADER) && !header && !payments) {
        header = true;
        Fields fields = new Fields(HEADER, xml.line());
        part(fields);
        handler.header(fields);
      } else if (name.equals(INFO) && header) {
        payments = true;
        paymentInfo();
      } else if (name.equals(HEADER) || name.equals(INFO)) {
        throw new BrokenFileException(
            xml.line(), "one " + HEADER + " and then each " + INFO + ": not in this order");
      } else {
        skip();
      }
    }
    if (!header || !payments) {
      throw new BrokenFileException(
          begun, (header ? INFO : HEADER) + " is missing in " + INITIATION);
    }
  }

  private void paymentInfo() throws IOException {
    info = new Fields(INFO, xml.line());
    infoTold = false;
    part(info);
    tell(info);
    info = null;
    handler.endOfPaymentInfo();
  }

  private void tell(Fields block) throws IOException {
    if (!infoTold) {
      infoTold = true;
      handler.paymentInfo(block);
    }
  }

  /** Reads to the end of the part that has just begun. */
  private void part(Fields into) throws IOException {
    while (nextTag() == XMLStreamConstants.START_ELEMENT) {
      if (into == info && isOurs() && xml.name().equals(TRANSFER)) {
        tell(into);
        Fields transfer = new Fields(TRANSFER, xml.line());
        part(transfer);
        handler.transfer(transfer);
      } else {
        element(into, "");
      }
    }
  }

  /** Reads to the end of the element that has just begun, and keeps it if it is wanted. */
  private void element(Fields into, String parent) throws IOException {
    if (!isOurs()) {
      skip();
      return;
    }
    String path = parent + xml.name();
    boolean kept = KEPT.contains(path);
    long line = xml.line();
    String currency = kept ? xml.attribute("Ccy") : "";
    StringBuilder text = new StringBuilder();
    boolean elements = false;
    boolean fits = true;
    for (int event = xml.next(); event != XMLStreamConstants.END_ELEMENT; event = xml.next()) {
      if (event == XMLStreamConstants.START_ELEMENT) {
        elements = true;
        element(into, path + "/");
      } else if (kept && fits) {
        fits = xml.appendText(text, LONGEST_TEXT);
      }
    }
    if (kept) {
      keep(into, path, new Field(line, text.toString().strip(), currency), elements, fits);
    }
  }

  private void keep(Fields into, String path, Field field, boolean elements, boolean fits) {
    boolean part = PARTS.contains(path);
    if (!part && elements) {
      faults.add(field, Fault.Reason.FORMAT, path + " has elements inside, and must be text");
    }
    if (!fits) {
      faults.add(field, Fault.Reason.FORMAT, path + " is longer than " + LONGEST_TEXT);
    }
    if (!into.put(path, field)) {
      faults.add(field, Fault.Reason.FORMAT, path + " is there twice");
    }
    if (into == info && infoTold) {
      faults.add(field, Fault.Reason.FORMAT, path + " comes after the transactions of its " + INFO);
    }
  }

  private void skip() throws IOException {
    for (int open = 1; open > 0; ) {
      int event = xml.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        open++;
      } else if (event == XMLStreamConstants.END_ELEMENT) {
        open--;
      }
    }
  }
}
