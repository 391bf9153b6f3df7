package io.holdfast.payment.files;

import java.io.CharConversionException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads XML of strangers, piece by piece and in bounded memory.
 *
 * <p>A document type is refused before anything of it counts, so there are no entities but the five
 * of XML itself: none that reads a file or a URL, none that grows. Depth is bounded. Whatever the
 * parser has to hold at once (a tag with its attributes, a comment, a CDATA section) is bounded by
 * the bytes that it may read before it comes to the end of it.
 */
final class XmlCursor implements AutoCloseable {

  static final int DEEPEST = 40;

  /** Far more than any tag, comment or section of a payment file. */
  static final int LONGEST_PIECE = 1 << 20;

  private static final String LIMITS = "http://www.oracle.com/xml/jaxp/properties/";
  private static final String ENDS_EARLY = "the file ends in the middle of an element";

  private final Budget source;
  private final XMLStreamReader reader;
  private int depth;

  /** Reads the source, which stays open. */
  XmlCursor(InputStream source) throws IOException {
    this.source = new Budget(source);
    try {
      this.reader = factory().createXMLStreamReader(this.source);
    } catch (XMLStreamException e) {
      throw broken(e);
    }
    if (reader.getVersion() != null && !reader.getVersion().equals("1.0")) {
      throw new BrokenFileException(1, "XML 1.0 is wanted, and this is " + reader.getVersion());
    }
  }

  private static XMLInputFactory factory() {
    // The JDK's own, whatever else is on the class path.
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    factory.setProperty(LIMITS + "elementAttributeLimit", "50");
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("nothing outside of the file is read");
        });
    return factory;
  }

  /**
   * Goes to the next start or end of an element, text, or the end of the document.
   *
   * @return one of START_ELEMENT, END_ELEMENT, CHARACTERS, END_DOCUMENT of {@link
   *     XMLStreamConstants}
   */
  int next() throws IOException {
    while (true) {
      source.refill();
      int event;
      try {
        event = reader.next();
      } catch (XMLStreamException e) {
        throw broken(e);
      } catch (RuntimeException e) {
        // The parser's way with some characters that are none.
        throw new BrokenFileException(line(), "this is no well-formed XML");
      }
      switch (event) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (++depth > DEEPEST) {
            throw new BrokenFileException(line(), "elements are nested deeper than " + DEEPEST);
          }
          return event;
        }
        case XMLStreamConstants.END_ELEMENT -> {
          depth--;
          return event;
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
          return XMLStreamConstants.CHARACTERS;
        }
        case XMLStreamConstants.END_DOCUMENT -> {
          return event;
        }
        case XMLStreamConstants.DTD ->
            throw new BrokenFileException(line(), "a document type (DOCTYPE) is not allowed");
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new BrokenFileException(line(), "only the five entities of XML are known");
        default -> {
          // Comments and processing instructions say nothing.
        }
      }
    }
  }

  /** At a start or an end: the element's name without its prefix. */
  String name() {
    return reader.getLocalName();
  }

  /** At a start or an end: the element's namespace, or empty. */
  String namespace() {
    String uri = reader.getNamespaceURI();
    return uri == null ? "" : uri;
  }

  /** At a start: an attribute without a namespace, or empty. */
  String attribute(String name) {
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      String namespace = reader.getAttributeNamespace(i);
      if (reader.getAttributeLocalName(i).equals(name)
          && (namespace == null || namespace.isEmpty())) {
        return reader.getAttributeValue(i).strip();
      }
    }
    return "";
  }

  /** At text: adds it, or as much as fits. False if it does not fit. */
  boolean appendText(StringBuilder into, int longest) {
    int length = Math.min(reader.getTextLength(), longest - into.length());
    into.append(reader.getTextCharacters(), reader.getTextStart(), length);
    return length == reader.getTextLength();
  }

  /** The line on which the current piece ends. */
  long line() {
    return Math.max(1, reader.getLocation().getLineNumber());
  }

  private BrokenFileException broken(XMLStreamException e) throws IOException {
    long line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNumber());
    if (source.exceeded) {
      return new BrokenFileException(
          line, "a tag, comment or section is longer than " + LONGEST_PIECE + " bytes");
    }
    if (e.getNestedException() instanceof IOException io) {
      if (io instanceof CharConversionException) {
        return new BrokenFileException(line, "bytes that are no text in the file's encoding");
      }
      throw io;
    }
    String message = String.valueOf(e.getMessage());
    int at = message.indexOf("Message: ");
    String said = at < 0 ? message : message.substring(at + "Message: ".length());
    boolean early = said.toLowerCase(Locale.ROOT).contains("must start and end within");
    return new BrokenFileException(line, "no well-formed XML: " + (early ? ENDS_EARLY : said));
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("closing reads nothing", e);
    }
  }

  /** Lets only so many bytes through for each piece. */
  private static final class Budget extends FilterInputStream {
    private int left = LONGEST_PIECE;
    private boolean exceeded;

    Budget(InputStream in) {
      super(in);
    }

    void refill() {
      left = LONGEST_PIECE;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length > 0 && left <= 0) {
        exceeded = true;
        throw new IOException("too long a piece of XML");
      }
      int read = super.read(into, offset, Math.min(length, Math.max(left, 1)));
      left -= Math.max(0, read);
      return read;
    }

    @Override
    public void close() {
      // Not ours.
    }
  }
}
