package io.holdfast.payment.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes a message of ISO 20022, element by element. The file has its name once it is complete: a
 * crash leaves what was there before.
 */
final class XmlOutput implements AutoCloseable {

  private final Path target;
  private final Path partial;
  private final OutputStream bytes;
  private final XMLStreamWriter xml;
  private final Deque<String> open = new ArrayDeque<>();
  private boolean complete;

  private XmlOutput(Path target, Path partial) throws IOException {
    this.target = target;
    this.partial = partial;
    this.bytes = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16);
    try {
      this.xml =
          XMLOutputFactory.newDefaultFactory()
              .createXMLStreamWriter(bytes, StandardCharsets.UTF_8.name());
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  /** Begins a document of a message, such as {@code camt.053.001.08}. */
  static XmlOutput begin(Path target, String message) throws IOException {
    Path whole = target.toAbsolutePath();
    XmlOutput output = new XmlOutput(whole, whole.resolveSibling(whole.getFileName() + ".part"));
    try {
      output.xml.writeStartDocument("UTF-8", "1.0");
      output.indent();
      output.xml.writeStartElement("Document");
      output.xml.writeDefaultNamespace("urn:iso:std:iso:20022:tech:xsd:" + message);
      output.open.push("Document");
      return output;
    } catch (XMLStreamException e) {
      output.close();
      throw new IOException(e);
    }
  }

  /** Begins an element with elements inside. */
  XmlOutput start(String name) throws IOException {
    try {
      indent();
      xml.writeStartElement(name);
      open.push(name);
      return this;
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  /** Ends the latest one, which is named for the reader's sake. */
  XmlOutput end(String name) throws IOException {
    if (!open.pop().equals(name)) {
      throw new IllegalStateException("another element ends than " + name);
    }
    try {
      indent();
      xml.writeEndElement();
      return this;
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  /** Writes an element with text; nothing if the text is empty. */
  XmlOutput text(String name, String text) throws IOException {
    return text(name, text, Integer.MAX_VALUE);
  }

  /** Writes an element with at most so many characters of the text; nothing if it is empty. */
  XmlOutput text(String name, String text, int longest) throws IOException {
    if (text.isBlank()) {
      return this;
    }
    try {
      indent();
      xml.writeStartElement(name);
      xml.writeCharacters(clean(text, longest));
      xml.writeEndElement();
      return this;
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  /** Writes an amount with its currency. */
  XmlOutput amount(String name, String amount, String currency) throws IOException {
    try {
      indent();
      xml.writeStartElement(name);
      xml.writeAttribute("Ccy", clean(currency, 3));
      xml.writeCharacters(amount);
      xml.writeEndElement();
      return this;
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  /** What XML 1.0 cannot hold becomes a question mark. */
  static String clean(String text, int longest) {
    StringBuilder clean = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int each = text.codePointAt(at);
      at += Character.charCount(each);
      boolean allowed =
          (each >= 0x20 && each < 0xd800)
              || (each >= 0xe000 && each < 0xfffe)
              || each >= 0x10000
              || each == '\t'
              || each == '\n';
      int shown = allowed ? each : '?';
      if (clean.length() + Character.charCount(shown) > longest) {
        break;
      }
      clean.appendCodePoint(shown);
    }
    return clean.toString();
  }

  private void indent() throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(open.size()));
  }

  /** Ends the document and gives the file its name. */
  void complete() throws IOException {
    try {
      xml.writeCharacters("\n");
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.writeCharacters("\n");
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
    bytes.close();
    complete = true;
    Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Leaves nothing behind if it was not completed. */
  @Override
  public void close() throws IOException {
    if (!complete) {
      bytes.close();
      Files.deleteIfExists(partial);
    }
  }
}
